package dev.proxyless.mesh.appmesh;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;

/** App Mesh's resources, as far as they are translated, in App Mesh's own terms. */
final class AppMesh {

  private AppMesh() {}

  /** A resource's specification. */
  sealed interface Specification {}

  /** MeshSpec. Without an egress filter only the mesh's own services and AWS's can be reached. */
  record Mesh(boolean allowAllEgress) implements Specification {}

  /** VirtualServiceSpec; without a provider, every request to it is answered 404. */
  record VirtualService(Optional<ServiceProvider> provider) implements Specification {}

  /** What a virtual service is provided by. */
  record ServiceProvider(boolean isRouter, String name) {}

  /** VirtualRouterSpec. */
  record VirtualRouter(List<PortMapping> listeners) implements Specification {}

  /** PortMapping. */
  record PortMapping(int port, String protocol) {
    boolean isHttp2() {
      return protocol.equals("http2") || protocol.equals("grpc");
    }
  }

  /** RouteSpec with an httpRoute or http2Route. */
  record Route(
      int priority,
      RouteMatch match,
      List<WeightedTarget> targets,
      Optional<RetryPolicy> retryPolicy,
      Timeout timeout)
      implements Specification {

    /** A route without a priority comes after all that have one. */
    static final int NO_PRIORITY = 1_001;
  }

  /** HttpRouteMatch. */
  record RouteMatch(
      PathMatch path,
      Optional<String> method,
      Optional<String> scheme,
      OptionalInt port,
      List<HeaderMatch> headers,
      List<QueryMatch> queryParameters) {}

  /** How a path is compared: {@code prefix}, {@code exact} or {@code regex}. */
  record PathMatch(String kind, String value) {}

  /** HttpRouteHeader; {@code kind} is empty for presence. */
  record HeaderMatch(
      String name, boolean invert, String kind, String value, long start, long end) {}

  /** HttpQueryParameter. */
  record QueryMatch(String name, Optional<String> exact) {}

  /** WeightedTarget. */
  record WeightedTarget(String virtualNode, int weight, OptionalInt port) {}

  /** HttpRetryPolicy. */
  record RetryPolicy(
      long maxRetries, Duration perRetryTimeout, List<String> httpEvents, List<String> tcpEvents) {}

  /** HttpTimeout. */
  record Timeout(Optional<Duration> perRequest, Optional<Duration> idle) {
    static final Timeout UNSET = new Timeout(Optional.empty(), Optional.empty());
  }

  /** VirtualNodeSpec. */
  record VirtualNode(
      List<NodeListener> listeners,
      List<Backend> backends,
      Optional<ClientTls> backendDefaults,
      Optional<ServiceDiscovery> discovery)
      implements Specification {

    Optional<NodeListener> listener(OptionalInt port) {
      return listeners.stream()
          .filter(each -> port.isEmpty() || each.mapping.port == port.getAsInt())
          .findFirst();
    }
  }

  /** Listener of a virtual node. */
  record NodeListener(
      PortMapping mapping,
      Optional<OutlierDetection> outlierDetection,
      Optional<ListenerTls> tls) {}

  /** OutlierDetection. */
  record OutlierDetection(
      long maxServerErrors,
      Duration interval,
      Duration baseEjectionDuration,
      int maxEjectionPercent) {}

  /** Backend. */
  record Backend(String virtualService, Optional<ClientTls> tls) {}

  /** ListenerTls, with files. */
  record ListenerTls(String mode, Certificate certificate, Optional<Validation> validation) {
    boolean isOff() {
      return mode.equals("DISABLED");
    }
  }

  /** ClientPolicyTls, with files. */
  record ClientTls(
      boolean enforce,
      List<Integer> ports,
      Optional<Certificate> certificate,
      Validation validation) {
    boolean covers(int port) {
      return ports.isEmpty() || ports.contains(port);
    }
  }

  /** A certificate in files. */
  record Certificate(String chain, String privateKey) {}

  /** What a peer is checked by; no names where none were given. */
  record Validation(String trust, Optional<List<String>> names) {}

  /** Where a virtual node's instances are found. */
  sealed interface ServiceDiscovery {
    /** AwsCloudMapServiceDiscovery. */
    record CloudMap(
        String namespace,
        String service,
        Map<String, String> attributes,
        Optional<String> ipPreference)
        implements ServiceDiscovery {}

    /** DnsServiceDiscovery. */
    record Dns(String hostname, boolean endpoints, Optional<String> ipPreference)
        implements ServiceDiscovery {}
  }
}
