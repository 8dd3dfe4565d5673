package dev.proxyless.mesh.controlplane;

import dev.proxyless.mesh.discovery.CloudMapSettings;
import java.nio.file.Path;
import java.util.Optional;

/**
 * What a control plane must be told.
 *
 * @param directory of App Mesh documents
 * @param host the address to listen on
 * @param port the port; 0 for any that is free
 * @param cloudMap how Cloud Map is asked for Envoy's endpoints; empty if it is not
 * @param envoyPortOffset what is added to a service port to get Envoy's loopback port
 */
record ServeSettings(
    Path directory,
    String host,
    int port,
    Optional<CloudMapSettings> cloudMap,
    int envoyPortOffset) {}
