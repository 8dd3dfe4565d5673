package dev.proxyless.mesh;

import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What a mesh must be told to begin: who it is, where its configuration comes from, and what it is
 * allowed to do. All of it can be written in {@code mesh.yaml} or set here; {@link BootstrapReader}
 * says which source wins. Immutable.
 *
 * @param nodeId who asks for configuration, such as {@code mesh/apps/virtualNode/serviceA}
 * @param nodeCluster the service that the process belongs to; empty takes {@code nodeId}
 * @param nodeMetadata plain values for the control plane
 * @param controlPlane where configuration is served; excludes the two below
 * @param appMeshDirectory a directory of App Mesh documents; excludes the other two
 * @param xdsFile a file of xDS resources; excludes the two above
 * @param cloudMap how Cloud Map is asked
 * @param allowedDirectories below which configuration may name files; none unless told
 * @param readyTimeout how long a call waits for the first configuration; 5 s unless told
 * @param retryThrottle how many calls may be retries; 20 percent and 10 each second unless told
 * @param backupRequests second requests beside slow ones; empty, which is none, unless told
 * @param closeTimeout how long {@link Mesh#close} waits for calls in flight; 10 s unless told
 */
public record Bootstrap(
    String nodeId,
    String nodeCluster,
    Map<String, Object> nodeMetadata,
    Optional<ControlPlane> controlPlane,
    Optional<Path> appMeshDirectory,
    Optional<XdsFileSource> xdsFile,
    CloudMap cloudMap,
    List<Path> allowedDirectories,
    Duration readyTimeout,
    RetryThrottle retryThrottle,
    Optional<BackupRequests> backupRequests,
    Duration closeTimeout) {

  /** The default of {@link #readyTimeout}. */
  public static final Duration DEFAULT_READY_TIMEOUT = Duration.ofSeconds(5);

  /** The default of {@link #closeTimeout}. */
  public static final Duration DEFAULT_CLOSE_TIMEOUT = Duration.ofSeconds(10);

  /** The interval at which Cloud Map is asked, unless told. */
  public static final Duration DEFAULT_REFRESH_INTERVAL = Duration.ofSeconds(5);

  /**
   * An xDS control plane.
   *
   * @param host its name or address
   * @param port its port
   * @param tls how it is spoken to; empty for plaintext
   */
  public record ControlPlane(String host, int port, Optional<ControlPlaneTls> tls) {

    /**
     * Reads an address.
     *
     * @param address host and port, such as {@code 127.0.0.1:18000} or {@code [::1]:18000}
     * @param tls how it is spoken to; empty for plaintext
     * @throws IllegalArgumentException if it is no host and port
     */
    public static ControlPlane of(String address, Optional<ControlPlaneTls> tls) {
      int colon = address.lastIndexOf(':');
      if (colon > 0) {
        String host = address.substring(0, colon);
        if (host.startsWith("[") && host.endsWith("]")) {
          host = host.substring(1, host.length() - 1);
        }
        try {
          int port = Integer.parseInt(address.substring(colon + 1));
          if (port > 0 && port <= 65_535) {
            return new ControlPlane(host, port, tls);
          }
        } catch (NumberFormatException notANumber) {
          // told below
        }
      }
      throw new IllegalArgumentException(
          "\"" + address + "\" is no address; right would be " + ADDRESS_FORM);
    }

    /** What {@link #of} reads, for messages. */
    static final String ADDRESS_FORM = "host:port, such as 127.0.0.1:18000";

    /** Host and port. */
    public String address() {
      return (host.indexOf(':') < 0 ? host : "[" + host + "]") + ":" + port;
    }
  }

  /**
   * TLS to the control plane, from files of the application's own choice.
   *
   * @param trustedCa PEM of the authorities to trust
   * @param serverName the DNS name that the control plane's certificate must have; empty takes its
   *     host
   * @param certificateChain PEM of the certificate to show, where one is shown
   * @param privateKey PEM of its key
   */
  public record ControlPlaneTls(
      Path trustedCa,
      String serverName,
      Optional<Path> certificateChain,
      Optional<Path> privateKey) {}

  /**
   * A file of xDS resources, such as an Envoy bootstrap with {@code static_resources}, in place of
   * a control plane. One of its listeners takes every request, whatever host and port the request
   * is for.
   *
   * @param file YAML or JSON; it is watched
   * @param listener the name of that listener; empty where the file has but one
   */
  public record XdsFileSource(Path file, Optional<String> listener) {}

  /**
   * How AWS Cloud Map is asked for endpoints.
   *
   * @param enabled whether it is; where not, EDS is asked instead
   * @param endpoint in place of AWS's own
   * @param region the AWS region; empty asks the AWS SDK's own chain
   * @param refreshInterval how often each service is asked
   */
  public record CloudMap(
      boolean enabled, Optional<URI> endpoint, Optional<String> region, Duration refreshInterval) {

    /** Cloud Map of the region that the AWS SDK finds. */
    public static final CloudMap DEFAULT =
        new CloudMap(true, Optional.empty(), Optional.empty(), DEFAULT_REFRESH_INTERVAL);

    /** Cloud Map is not asked. */
    public static final CloudMap OFF =
        new CloudMap(false, Optional.empty(), Optional.empty(), DEFAULT_REFRESH_INTERVAL);
  }

  /**
   * Bounds the retries of this process to each cluster, whatever the routes' policies allow, so
   * that retries never multiply the load of a cluster that fails.
   *
   * @param percent of the calls of the last five to ten seconds that may be retries; 0 to 1,000
   * @param minPerSecond retries besides; 0 or more
   */
  public record RetryThrottle(double percent, double minPerSecond) {

    /** 20 percent, and 10 each second. */
    public static final RetryThrottle DEFAULT = new RetryThrottle(20, 10);

    /** Routes and circuit breakers alone bound retries, as in Envoy. */
    public static final RetryThrottle OFF = new RetryThrottle(1_000, 1_000_000);
  }

  /**
   * Second requests to other endpoints, for GET, HEAD and OPTIONS, beside requests that take longer
   * than most; the first answer counts.
   *
   * @param percentile of the time that the cluster's endpoints take to answer, after which the
   *     second request is made; more than 0, less than 100
   * @param budgetPercent of the calls that may have a second request; more than 0, up to 100
   */
  public record BackupRequests(double percentile, double budgetPercent) {}

  /** A bootstrap with nothing set. */
  public static Builder builder() {
    return new Builder();
  }

  /** A builder that begins with these values. */
  public Builder newBuilder() {
    Builder builder = new Builder();
    builder.nodeId = nodeId;
    builder.nodeCluster = nodeCluster;
    builder.nodeMetadata = nodeMetadata;
    builder.controlPlane = controlPlane;
    builder.appMeshDirectory = appMeshDirectory;
    builder.xdsFile = xdsFile;
    builder.cloudMap = cloudMap;
    builder.allowedDirectories = allowedDirectories;
    builder.readyTimeout = readyTimeout;
    builder.retryThrottle = retryThrottle;
    builder.backupRequests = backupRequests;
    builder.closeTimeout = closeTimeout;
    return builder;
  }

  /** Collects the values of a bootstrap. Not thread-safe. */
  public static final class Builder {
    private String nodeId = "";
    private String nodeCluster = "";
    private Map<String, Object> nodeMetadata = Map.of();
    private Optional<ControlPlane> controlPlane = Optional.empty();
    private Optional<Path> appMeshDirectory = Optional.empty();
    private Optional<XdsFileSource> xdsFile = Optional.empty();
    private CloudMap cloudMap = CloudMap.DEFAULT;
    private List<Path> allowedDirectories = List.of();
    private Duration readyTimeout = DEFAULT_READY_TIMEOUT;
    private RetryThrottle retryThrottle = RetryThrottle.DEFAULT;
    private Optional<BackupRequests> backupRequests = Optional.empty();
    private Duration closeTimeout = DEFAULT_CLOSE_TIMEOUT;

    /** Whether the source of configuration was set by something weaker than who sets it next. */
    private boolean sourceIsWeaker;

    private Builder() {}

    /** Who asks for configuration, such as {@code mesh/apps/virtualNode/serviceA} or its ARN. */
    public Builder nodeId(String id) {
      nodeId = id;
      return this;
    }

    /** The service that the process belongs to. */
    public Builder nodeCluster(String cluster) {
      nodeCluster = cluster;
      return this;
    }

    /** Plain values (maps, lists, strings, numbers, booleans) for the control plane. */
    public Builder nodeMetadata(Map<String, Object> metadata) {
      nodeMetadata = Map.copyOf(metadata);
      return this;
    }

    /** An xDS control plane without TLS. */
    public Builder controlPlane(String host, int port) {
      return controlPlane(new ControlPlane(host, port, Optional.empty()));
    }

    /** An xDS control plane. */
    public Builder controlPlane(ControlPlane server) {
      forgetWeakerSource();
      controlPlane = Optional.of(server);
      return this;
    }

    /** The control plane set so far. */
    public Optional<ControlPlane> controlPlane() {
      return controlPlane;
    }

    /**
     * Forgets the control plane, the directory of App Mesh documents and the file of xDS resources
     * set so far, so that a stronger source of settings can say anew where configuration comes
     * from.
     */
    public Builder noSource() {
      controlPlane = Optional.empty();
      appMeshDirectory = Optional.empty();
      xdsFile = Optional.empty();
      return this;
    }

    /** A source that is set from now on takes the place of the one set so far. */
    Builder weaker() {
      sourceIsWeaker = true;
      return this;
    }

    private void forgetWeakerSource() {
      if (sourceIsWeaker) {
        sourceIsWeaker = false;
        noSource();
      }
    }

    /** A directory of App Mesh documents, which is watched. */
    public Builder appMeshDirectory(Path directory) {
      forgetWeakerSource();
      appMeshDirectory = Optional.of(directory);
      return this;
    }

    /** A file of xDS resources, which is watched. */
    public Builder xdsFile(XdsFileSource source) {
      forgetWeakerSource();
      xdsFile = Optional.of(source);
      return this;
    }

    /** How Cloud Map is asked. */
    public Builder cloudMap(CloudMap settings) {
      cloudMap = settings;
      return this;
    }

    /** How Cloud Map is asked, as set so far. */
    public CloudMap cloudMap() {
      return cloudMap;
    }

    /** Directories below which configuration may name certificate files. */
    public Builder allowedDirectories(List<Path> directories) {
      allowedDirectories = List.copyOf(directories);
      return this;
    }

    /** How long a call waits for the first configuration. */
    public Builder readyTimeout(Duration timeout) {
      readyTimeout = timeout;
      return this;
    }

    /** How many calls may be retries. */
    public Builder retryThrottle(RetryThrottle throttle) {
      within("calls.retry_throttle.percent", throttle.percent(), 0, 1_000);
      within("calls.retry_throttle.min_per_second", throttle.minPerSecond(), 0, 1_000_000);
      retryThrottle = throttle;
      return this;
    }

    /** Second requests beside slow ones. */
    public Builder backupRequests(BackupRequests backups) {
      within("calls.backup_requests.percentile", backups.percentile(), 1, 99.999);
      within("calls.backup_requests.budget_percent", backups.budgetPercent(), 0, 100);
      backupRequests = Optional.of(backups);
      return this;
    }

    private static void within(String name, double value, double least, double most) {
      if (!(value >= least && value <= most)) {
        throw new IllegalArgumentException(
            name + " is " + value + "; right would be " + least + " to " + most);
      }
    }

    /** How long closing waits for calls in flight. */
    public Builder closeTimeout(Duration timeout) {
      closeTimeout = timeout;
      return this;
    }

    /**
     * The bootstrap.
     *
     * @throws IllegalArgumentException if a value is missing or two exclude each other; the message
     *     names what to set
     */
    public Bootstrap build() {
      if (nodeId.isEmpty()) {
        throw new IllegalArgumentException(
            "node.id is not set; set node.id in mesh.yaml, Bootstrap.Builder.nodeId or"
                + " APPMESH_RESOURCE_ARN, such as mesh/apps/virtualNode/serviceA");
      }
      checkSource();
      if (cloudMap.refreshInterval().isZero() || cloudMap.refreshInterval().isNegative()) {
        throw new IllegalArgumentException(
            "cloud_map.refresh_interval is "
                + cloudMap.refreshInterval()
                + "; right would be more than 0");
      }
      return new Bootstrap(
          nodeId,
          nodeCluster.isEmpty() ? nodeId : nodeCluster,
          nodeMetadata,
          controlPlane,
          appMeshDirectory,
          xdsFile,
          cloudMap,
          allowedDirectories,
          notNegative("calls.ready_timeout", readyTimeout),
          retryThrottle,
          backupRequests,
          notNegative("close_timeout", closeTimeout));
    }

    private void checkSource() {
      List<String> sources = new ArrayList<>();
      controlPlane.ifPresent(set -> sources.add("control_plane.address"));
      appMeshDirectory.ifPresent(set -> sources.add("app_mesh.directory"));
      xdsFile.ifPresent(set -> sources.add("xds.file"));
      if (sources.size() == 1) {
        return;
      }
      String what =
          switch (sources.size()) {
            case 0 -> "none of control_plane.address, app_mesh.directory and xds.file is set";
            case 2 -> "both " + String.join(" and ", sources) + " are set";
            default -> "all of " + String.join(", ", sources) + " are set";
          };
      throw new IllegalArgumentException(
          what + "; set exactly one of them in mesh.yaml, or APPMESH_XDS_ENDPOINT");
    }

    private static Duration notNegative(String name, Duration value) {
      if (value.isNegative()) {
        throw new IllegalArgumentException(name + " is " + value + "; right would be 0 or more");
      }
      return value;
    }
  }
}
