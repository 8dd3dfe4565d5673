/**
 * The command line {@code mesh}: an xDS control plane for App Mesh documents, and the tools to
 * check them and to explain what they do to a request.
 */
@NullMarked
package dev.proxyless.mesh.controlplane;

import org.jspecify.annotations.NullMarked;
