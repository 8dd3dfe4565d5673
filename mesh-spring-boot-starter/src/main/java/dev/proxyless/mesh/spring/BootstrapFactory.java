package dev.proxyless.mesh.spring;

import dev.proxyless.mesh.Bootstrap;
import dev.proxyless.mesh.Bootstrap.CloudMap;
import dev.proxyless.mesh.Bootstrap.ControlPlane;
import dev.proxyless.mesh.Bootstrap.ControlPlaneTls;
import dev.proxyless.mesh.BootstrapReader;
import dev.proxyless.mesh.document.DocumentException;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.source.InvalidConfigurationPropertyValueException;
import org.springframework.boot.context.properties.source.MutuallyExclusiveConfigurationPropertiesException;
import org.springframework.boot.io.ApplicationResourceLoader;
import org.springframework.core.env.Environment;
import org.springframework.core.io.Resource;
import org.springframework.core.io.ResourceLoader;
import org.springframework.util.StringUtils;

/** Lays the {@code mesh.*} properties over {@code mesh.yaml} and {@code APPMESH_*}. */
final class BootstrapFactory {

  private static final String ADDRESS = "mesh.control-plane.address";
  private static final String TLS = "mesh.control-plane.tls.";
  private static final String DIRECTORY = "mesh.app-mesh.directory";

  private final MeshProperties properties;
  private final Environment environment;
  private final ResourceLoader resources;

  BootstrapFactory(MeshProperties properties, Environment environment, ResourceLoader resources) {
    this.properties = properties;
    this.environment = environment;
    this.resources = ApplicationResourceLoader.get(resources, true);
  }

  Bootstrap create() {
    Bootstrap.Builder builder = read();
    node(builder);
    source(builder);
    builder.cloudMap(cloudMap(builder.cloudMap()));
    List<Path> directories = new ArrayList<>();
    for (String directory : properties.tls().allowedDirectories()) {
      directories.add(path("mesh.tls.allowed-directories", directory));
    }
    if (!directories.isEmpty()) {
      builder.allowedDirectories(directories);
    }
    notNegative("mesh.ready-timeout", properties.readyTimeout()).ifPresent(builder::readyTimeout);
    notNegative("mesh.close-timeout", properties.closeTimeout()).ifPresent(builder::closeTimeout);
    try {
      return builder.build();
    } catch (IllegalArgumentException incomplete) {
      throw new MeshConfigurationException(
          "The mesh is not told enough to begin: " + incomplete.getMessage() + ".",
          "Set mesh.node.id and one of "
              + ADDRESS
              + " and "
              + DIRECTORY
              + ", or the same in the mesh.yaml that mesh.config names; or set mesh.enabled=false to"
              + " go without a mesh.",
          incomplete);
    }
  }

  private Bootstrap.Builder read() {
    BootstrapReader reader = new BootstrapReader(environment::getProperty);
    String location = text(properties.config());
    try {
      if (location == null) {
        return reader.read();
      }
      Resource resource = resources.getResource(location);
      if (!resource.exists()) {
        throw invalid("mesh.config", location, "There is no " + resource.getDescription() + ".");
      }
      return resource.isFile()
          ? reader.read(resource.getFile().toPath())
          : reader.read(
              resource.getDescription(),
              resource.getContentAsString(StandardCharsets.UTF_8),
              Path.of("").toAbsolutePath());
    } catch (DocumentException unusable) {
      throw new MeshConfigurationException(
          "The mesh cannot be configured from its file: " + unusable.getMessage() + ".",
          "Correct the file"
              + (location == null
                  ? ", or name another with mesh.config."
                  : ", which mesh.config names."),
          unusable);
    } catch (IOException unreadable) {
      throw invalid("mesh.config", location, "It cannot be read: " + unreadable + ".");
    }
  }

  private void node(Bootstrap.Builder builder) {
    optional(properties.node().id()).ifPresent(builder::nodeId);
    optional(properties.node().cluster()).ifPresent(builder::nodeCluster);
    if (!properties.node().metadata().isEmpty()) {
      Map<String, Object> metadata = new LinkedHashMap<>();
      properties.node().metadata().forEach((name, value) -> metadata.put(name, plain(value)));
      builder.nodeMetadata(metadata);
    }
  }

  /** Boot binds a list below a map of objects as a map of its indices; it is a list again here. */
  private static Object plain(Object value) {
    if (!(value instanceof Map<?, ?> map)) {
      return value;
    }
    List<Object> list = new ArrayList<>();
    Object next = map.get("0");
    while (next != null) {
      list.add(plain(next));
      next = map.get(String.valueOf(list.size()));
    }
    if (!list.isEmpty() && list.size() == map.size()) {
      return list;
    }
    Map<String, Object> values = new LinkedHashMap<>();
    map.forEach((name, each) -> values.put(String.valueOf(name), plain(each)));
    return values;
  }

  private void source(Bootstrap.Builder builder) {
    String address = text(properties.controlPlane().address());
    String directory = text(properties.appMesh().directory());
    if (address != null && directory != null) {
      throw new MutuallyExclusiveConfigurationPropertiesException(
          List.of(ADDRESS, DIRECTORY), List.of(ADDRESS, DIRECTORY));
    }
    if (directory != null) {
      Path path = path(DIRECTORY, directory);
      if (!Files.isDirectory(path)) {
        throw invalid(DIRECTORY, directory, "There is no directory " + path.toAbsolutePath() + ".");
      }
      builder.noSource().appMeshDirectory(path);
    }
    if (address != null) {
      builder.noSource().controlPlane(controlPlane(address));
    }
    optionalTls(builder.controlPlane().flatMap(ControlPlane::tls))
        .ifPresent(
            tls -> {
              ControlPlane server =
                  builder
                      .controlPlane()
                      .orElseThrow(
                          () ->
                              invalid(
                                  ADDRESS,
                                  null,
                                  "It is not set, but " + TLS + "* says how it is spoken to."));
              builder.controlPlane(
                  new ControlPlane(server.host(), server.port(), Optional.of(tls)));
            });
  }

  private static ControlPlane controlPlane(String address) {
    try {
      return ControlPlane.of(address, Optional.empty());
    } catch (IllegalArgumentException wrong) {
      throw invalid(ADDRESS, address, "It must be host:port, such as 127.0.0.1:18000.");
    }
  }

  /** TLS as the properties change it; empty where they do not. */
  private Optional<ControlPlaneTls> optionalTls(Optional<ControlPlaneTls> before) {
    MeshProperties.ControlPlaneTls tls = properties.controlPlane().tls();
    Optional<Path> trustedCa = file("trusted-ca", tls.trustedCa());
    Optional<String> serverName = optional(tls.serverName());
    Optional<Path> chain = file("certificate-chain", tls.certificateChain());
    Optional<Path> key = file("private-key", tls.privateKey());
    if (trustedCa.isEmpty() && serverName.isEmpty() && chain.isEmpty() && key.isEmpty()) {
      return Optional.empty();
    }
    if (chain.isPresent() != key.isPresent()) {
      throw invalid(
          TLS + (chain.isPresent() ? "private-key" : "certificate-chain"),
          null,
          "It must be set where "
              + TLS
              + (chain.isPresent() ? "certificate-chain" : "private-key")
              + " is.");
    }
    return Optional.of(
        new ControlPlaneTls(
            trustedCa
                .or(() -> before.map(ControlPlaneTls::trustedCa))
                .orElseThrow(
                    () ->
                        invalid(
                            TLS + "trusted-ca",
                            null,
                            "It must be set where any of " + TLS + "* is.")),
            serverName.or(() -> before.map(ControlPlaneTls::serverName)).orElse(""),
            chain.or(() -> before.flatMap(ControlPlaneTls::certificateChain)),
            key.or(() -> before.flatMap(ControlPlaneTls::privateKey))));
  }

  private CloudMap cloudMap(CloudMap before) {
    MeshProperties.CloudMap settings = properties.cloudMap();
    Duration interval = settings.refreshInterval();
    if (interval != null && (interval.isZero() || interval.isNegative())) {
      throw invalid("mesh.cloud-map.refresh-interval", interval, "It must be more than 0.");
    }
    Boolean enabled = settings.enabled();
    return new CloudMap(
        enabled == null ? before.enabled() : enabled,
        optional(settings.endpoint()).map(BootstrapFactory::url).or(before::endpoint),
        optional(settings.region()).or(before::region),
        interval == null ? before.refreshInterval() : interval);
  }

  private static URI url(String text) {
    try {
      URI uri = URI.create(text);
      if (List.of("http", "https").contains(String.valueOf(uri.getScheme()))
          && uri.getHost() != null) {
        return uri;
      }
    } catch (IllegalArgumentException notAUri) {
      // told below
    }
    throw invalid(
        "mesh.cloud-map.endpoint", text, "It must be a URL such as http://127.0.0.1:5000.");
  }

  private static Optional<Path> file(String name, @Nullable String value) {
    return optional(value)
        .map(
            text -> {
              Path path = path(TLS + name, text);
              if (!Files.isRegularFile(path)) {
                throw invalid(TLS + name, text, "There is no file " + path.toAbsolutePath() + ".");
              }
              return path;
            });
  }

  private static Path path(String name, String value) {
    try {
      return Path.of(value);
    } catch (IllegalArgumentException notAPath) {
      throw invalid(name, value, "It must be a path: " + notAPath.getMessage() + ".");
    }
  }

  private static Optional<Duration> notNegative(String name, @Nullable Duration value) {
    if (value != null && value.isNegative()) {
      throw invalid(name, value, "It must be 0 or more.");
    }
    return Optional.ofNullable(value);
  }

  private static @Nullable String text(@Nullable String value) {
    return StringUtils.hasText(value) ? value.trim() : null;
  }

  private static Optional<String> optional(@Nullable String value) {
    return Optional.ofNullable(text(value));
  }

  private static InvalidConfigurationPropertyValueException invalid(
      String name, @Nullable Object value, String reason) {
    return new InvalidConfigurationPropertyValueException(name, value, reason);
  }
}
