package dev.proxyless.mesh;

import dev.proxyless.mesh.Bootstrap.BackupRequests;
import dev.proxyless.mesh.Bootstrap.CloudMap;
import dev.proxyless.mesh.Bootstrap.ControlPlane;
import dev.proxyless.mesh.Bootstrap.ControlPlaneTls;
import dev.proxyless.mesh.Bootstrap.RetryThrottle;
import dev.proxyless.mesh.Bootstrap.XdsFileSource;
import dev.proxyless.mesh.document.Documents;
import dev.proxyless.mesh.document.Nearest;
import dev.proxyless.mesh.document.Node;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.UnaryOperator;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Reads {@code mesh.yaml} and the environment variables that App Mesh's sidecars took.
 *
 * <p>What wins: a value set on {@link Bootstrap.Builder}, then {@code mesh.yaml}, then {@code
 * APPMESH_*}. A file written for this library knows more than variables left over from a sidecar.
 *
 * <p>The file is the one named by {@code MESH_CONFIG}, else {@code mesh.yaml} in the working
 * directory, if it is there. Relative paths in it are relative to its directory.
 */
public final class BootstrapReader {

  static final String CONFIG_VARIABLE = "MESH_CONFIG";
  static final String DEFAULT_FILE = "mesh.yaml";

  /** Nine digits of minutes are no overflow. */
  private static final Pattern DURATION = Pattern.compile("(\\d{1,9})(ms|s|m)");

  private static final Duration LONGEST = Duration.ofDays(1);

  /** The keys of each mapping, by its path. */
  static final Map<String, Set<String>> FIELDS =
      Map.ofEntries(
          Map.entry(
              "",
              Set.of(
                  "node",
                  "control_plane",
                  "app_mesh",
                  "xds",
                  "cloud_map",
                  "tls",
                  "calls",
                  "close_timeout")),
          Map.entry("node", Set.of("id", "cluster", "metadata")),
          Map.entry("control_plane", Set.of("address", "tls")),
          Map.entry(
              "control_plane.tls",
              Set.of("trusted_ca", "server_name", "certificate_chain", "private_key")),
          Map.entry("app_mesh", Set.of("directory")),
          Map.entry("xds", Set.of("file", "listener")),
          Map.entry("cloud_map", Set.of("enabled", "endpoint", "region", "refresh_interval")),
          Map.entry("tls", Set.of("allowed_directories")),
          Map.entry("calls", Set.of("ready_timeout", "retry_throttle", "backup_requests")),
          Map.entry("calls.retry_throttle", Set.of("percent", "min_per_second")),
          Map.entry("calls.backup_requests", Set.of("percentile", "budget_percent")));

  private final UnaryOperator<@Nullable String> environment;

  /** A reader of this process's environment. */
  public BootstrapReader() {
    this(System::getenv);
  }

  /** A reader of variables given by name; null where one is not set. */
  public BootstrapReader(UnaryOperator<@Nullable String> environment) {
    this.environment = environment;
  }

  /**
   * Reads the file that the environment names, if there is one, and the environment.
   *
   * @throws dev.proxyless.mesh.document.DocumentException if the file cannot be used
   */
  public Bootstrap.Builder read() {
    Optional<String> named = variable(CONFIG_VARIABLE);
    if (named.isPresent()) {
      return read(Path.of(named.get()));
    }
    Path file = Path.of(DEFAULT_FILE);
    if (Files.exists(file)) {
      return read(file);
    }
    Bootstrap.Builder builder = Bootstrap.builder();
    applyEnvironment(builder);
    return builder.weaker();
  }

  /**
   * Reads a file and the environment.
   *
   * @throws dev.proxyless.mesh.document.DocumentException if the file cannot be used
   */
  public Bootstrap.Builder read(Path file) {
    Path parent = file.toAbsolutePath().getParent();
    return read(Documents.read(file), parent == null ? file.toAbsolutePath() : parent);
  }

  /**
   * Reads the text of a file that is not on disk, and the environment.
   *
   * @param name what messages call it
   * @param text its content
   * @param directory that relative paths in it are relative to
   * @throws dev.proxyless.mesh.document.DocumentException if the text cannot be used
   */
  public Bootstrap.Builder read(String name, String text, Path directory) {
    return read(Documents.parse(name, text), directory);
  }

  private Bootstrap.Builder read(Node root, Path directory) {
    Bootstrap.Builder builder = Bootstrap.builder();
    applyEnvironment(builder);
    apply(root, directory, builder.weaker());
    return builder.weaker();
  }

  private void applyEnvironment(Bootstrap.Builder builder) {
    variable("APPMESH_RESOURCE_ARN")
        .or(() -> variable("APPMESH_RESOURCE_NAME"))
        .or(() -> variable("APPMESH_VIRTUAL_NODE_NAME"))
        .ifPresent(builder::nodeId);
    variable("APPMESH_RESOURCE_CLUSTER")
        .or(() -> variable("APPMESH_VIRTUAL_NODE_CLUSTER"))
        .ifPresent(builder::nodeCluster);
    variable("APPMESH_XDS_ENDPOINT")
        .ifPresent(
            endpoint ->
                builder.controlPlane(
                    hostAndPort(
                        Documents.parse(
                            "APPMESH_XDS_ENDPOINT", "'" + endpoint.replace("'", "''") + "'"),
                        Optional.empty())));
  }

  private Optional<String> variable(String name) {
    return Optional.ofNullable(environment.apply(name)).filter(value -> !value.isBlank());
  }

  private static void apply(Node root, Path directory, Bootstrap.Builder builder) {
    checkFields(root, "");
    root.find("node").ifPresent(node -> node(node, builder));
    root.find("control_plane")
        .ifPresent(
            server ->
                builder.controlPlane(
                    hostAndPort(
                        server.required("address"),
                        server.find("tls").map(tls -> tls(tls, directory)))));
    root.find("app_mesh")
        .ifPresent(
            source -> builder.appMeshDirectory(path(source.required("directory"), directory)));
    root.find("xds").ifPresent(source -> builder.xdsFile(xdsFile(source, directory)));
    root.find("cloud_map").ifPresent(settings -> builder.cloudMap(cloudMap(settings)));
    root.find("tls")
        .ifPresent(
            tls ->
                builder.allowedDirectories(
                    tls.list("allowed_directories").stream()
                        .map(each -> path(each, directory))
                        .toList()));
    root.find("calls").ifPresent(calls -> calls(calls, builder));
    root.find("close_timeout").ifPresent(timeout -> builder.closeTimeout(duration(timeout)));
  }

  private static void calls(Node calls, Bootstrap.Builder builder) {
    calls.find("ready_timeout").ifPresent(timeout -> builder.readyTimeout(duration(timeout)));
    calls
        .find("retry_throttle")
        .ifPresent(
            throttle ->
                builder.retryThrottle(
                    new RetryThrottle(
                        within(throttle, "percent", RetryThrottle.DEFAULT.percent(), 0, 1_000),
                        within(
                            throttle,
                            "min_per_second",
                            RetryThrottle.DEFAULT.minPerSecond(),
                            0,
                            1_000_000))));
    calls
        .find("backup_requests")
        .ifPresent(
            backups ->
                builder.backupRequests(
                    new BackupRequests(
                        within(backups, "percentile", 95, 1, 99.999),
                        within(backups, "budget_percent", 5, 0, 100))));
  }

  private static double within(
      Node settings, String field, double unset, double least, double most) {
    Optional<Node> node = settings.find(field);
    double value = node.map(Node::number).orElse(unset);
    if (!(value >= least && value <= most)) {
      throw node.orElse(settings).error("is " + value, "a number from " + least + " to " + most);
    }
    return value;
  }

  private static void checkFields(Node node, String path) {
    Set<String> known = FIELDS.get(path);
    if (known == null) {
      return;
    }
    node.fields()
        .forEach(
            (name, value) -> {
              if (!known.contains(name)) {
                throw value.error(
                    "is no setting" + Nearest.hint(name, known), "one of " + new TreeSet<>(known));
              }
              if (value.isMap()) {
                checkFields(value, path.isEmpty() ? name : path + "." + name);
              }
            });
  }

  private static void node(Node node, Bootstrap.Builder builder) {
    node.find("id").map(Node::name).ifPresent(builder::nodeId);
    node.find("cluster").map(Node::name).ifPresent(builder::nodeCluster);
    node.find("metadata")
        .ifPresent(
            metadata -> {
              Map<String, Object> values = new LinkedHashMap<>();
              metadata
                  .fields()
                  .forEach(
                      (name, value) -> {
                        Object plain = value.plain();
                        if (plain != null) {
                          values.put(name, plain);
                        }
                      });
              builder.nodeMetadata(values);
            });
  }

  private static ControlPlane hostAndPort(Node address, Optional<ControlPlaneTls> tls) {
    try {
      return ControlPlane.of(address.name(), tls);
    } catch (IllegalArgumentException wrong) {
      throw address.error("is \"" + address.name() + "\"", ControlPlane.ADDRESS_FORM);
    }
  }

  private static ControlPlaneTls tls(Node tls, Path directory) {
    Optional<Path> chain = tls.find("certificate_chain").map(each -> path(each, directory));
    Optional<Path> key = tls.find("private_key").map(each -> path(each, directory));
    if (chain.isPresent() != key.isPresent()) {
      throw tls.error(
          "has only one of certificate_chain and private_key", "both, or neither of them");
    }
    return new ControlPlaneTls(
        path(tls.required("trusted_ca"), directory),
        tls.find("server_name").map(Node::name).orElse(""),
        chain,
        key);
  }

  private static XdsFileSource xdsFile(Node source, Path directory) {
    return new XdsFileSource(
        path(source.required("file"), directory), source.find("listener").map(Node::name));
  }

  private static CloudMap cloudMap(Node settings) {
    return new CloudMap(
        settings.find("enabled").map(Node::bool).orElse(true),
        settings.find("endpoint").map(BootstrapReader::uri),
        settings.find("region").map(Node::name),
        settings
            .find("refresh_interval")
            .map(BootstrapReader::positive)
            .orElse(Bootstrap.DEFAULT_REFRESH_INTERVAL));
  }

  private static URI uri(Node node) {
    try {
      URI uri = URI.create(node.name());
      if (List.of("http", "https").contains(String.valueOf(uri.getScheme()))
          && uri.getHost() != null) {
        return uri;
      }
    } catch (IllegalArgumentException notAUri) {
      // told below
    }
    throw node.error("is \"" + node.name() + "\"", "a URL such as http://127.0.0.1:5000");
  }

  private static Path path(Node node, Path directory) {
    return directory.resolve(node.name()).normalize();
  }

  private static Duration positive(Node node) {
    Duration duration = duration(node);
    if (duration.isZero()) {
      throw node.error("is \"" + node.text() + "\"", "more than 0");
    }
    return duration;
  }

  /** A duration such as {@code 500ms}, {@code 5s} or {@code 2m}, of at most a day. */
  static Duration duration(Node node) {
    Matcher matcher = DURATION.matcher(String.valueOf(node.plain()));
    if (node.isText() && matcher.matches()) {
      long value = Long.parseLong(matcher.group(1));
      Duration duration =
          switch (matcher.group(2)) {
            case "ms" -> Duration.ofMillis(value);
            case "s" -> Duration.ofSeconds(value);
            default -> Duration.ofMinutes(value);
          };
      if (duration.compareTo(LONGEST) <= 0) {
        return duration;
      }
    }
    throw node.error(
        "is " + (node.isText() ? "\"" + node.text() + "\"" : node.plain()),
        "a duration such as 500ms, 5s or 2m, of at most a day");
  }
}
