package dev.proxyless.mesh.appmesh;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.proxyless.mesh.model.Cluster;
import dev.proxyless.mesh.model.Cluster.CircuitBreakers;
import dev.proxyless.mesh.model.Cluster.Discovery;
import dev.proxyless.mesh.model.Cluster.IpPreference;
import dev.proxyless.mesh.model.HttpConnectionManager;
import dev.proxyless.mesh.model.HttpConnectionManager.RouteSource;
import dev.proxyless.mesh.model.Listener;
import dev.proxyless.mesh.model.Listener.Direction;
import dev.proxyless.mesh.model.OutlierDetection;
import dev.proxyless.mesh.model.RetryOn;
import dev.proxyless.mesh.model.RetryPolicy;
import dev.proxyless.mesh.model.RouteAction;
import dev.proxyless.mesh.model.RouteAction.ClusterSpecifier;
import dev.proxyless.mesh.model.RouteAction.ClusterWeight;
import dev.proxyless.mesh.model.RouteMatch.PathMatch;
import dev.proxyless.mesh.model.VirtualHost;
import dev.proxyless.mesh.xds.ResourceType;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The ten documents of mesh {@code apps}, field by field, with App Mesh's names and defaults. */
class AppsTranslationTest {

  @TempDir Path directory;
  private Apps apps;

  @BeforeEach
  void copy() {
    apps = new Apps(directory);
  }

  @Test
  void tenDocumentsAreEightResources() {
    AppMeshDocuments documents = apps.read();

    assertEquals(10, documents.documentCount());
    assertEquals(
        List.of(
            "mesh apps",
            "route serviceB/serviceB",
            "virtualNode serviceA",
            "virtualNode serviceB",
            "virtualNode serviceBv2",
            "virtualRouter serviceB",
            "virtualService servicea.apps.local",
            "virtualService serviceb.apps.local"),
        documents.resourceNames());
    assertFalse(documents.hasErrors());
  }

  @Test
  void whatDoesNotActIsReported() {
    assertEquals(
        List.of(
            "create-virtual-node-servicea.json:8: note: spec.logging: does not act yet",
            "create-virtual-node-serviceb.json:8: note: spec.listeners[0].healthCheck: does not act"
                + " yet",
            "create-virtual-node-servicebv2.json:8: note: spec.listeners[0].healthCheck: does not"
                + " act yet"),
        apps.problems());
  }

  @Test
  void resourcesHaveAppMeshsNames() {
    assertEquals(
        List.of(
            "CDS cds_egress_apps_amazonaws",
            "CDS cds_egress_apps_serviceB_http_8000",
            "CDS cds_egress_apps_serviceBv2_http_8000",
            "CDS cds_ingress_apps_serviceA_http_8000",
            "LDS lds_egress_0.0.0.0_15001",
            "LDS lds_ingress_0.0.0.0_15000",
            "RDS rds_egress_http_8000"),
        Apps.names(apps.translation()));
    assertEquals(List.of(), apps.translation().problems());
  }

  @Test
  void theServiceIsAVirtualHostUnderItsNameWithAndWithoutPort() {
    VirtualHost host = apps.routes().virtualHosts().get(0);

    assertEquals(1, apps.routes().virtualHosts().size(), "nothing else is let out: DROP_ALL");
    assertEquals("serviceb.apps.local", host.name());
    assertEquals(List.of("serviceb.apps.local", "serviceb.apps.local:8000"), host.domains());
    assertEquals(1, host.routes().size());
    assertEquals("serviceB", host.routes().get(0).name());
    assertEquals(new PathMatch.Prefix("/"), host.routes().get(0).match().path());
  }

  @Test
  void theUpdatedRouteSplits75To25() {
    assertEquals(
        new ClusterSpecifier.Weighted(
            List.of(ClusterWeight.of(Apps.B, 75), ClusterWeight.of(Apps.B2, 25)),
            Optional.empty(),
            false),
        apps.firstAction().cluster());
  }

  @Test
  void theRetryPolicyIsEnvoysWordsForAppMeshsEvents() {
    RetryPolicy policy = apps.firstAction().retryPolicy().orElseThrow();

    assertEquals(
        Set.of(RetryOn.RESET, RetryOn.CONNECT_FAILURE, RetryOn.RETRIABLE_STATUS_CODES),
        policy.retryOn());
    assertEquals(
        List.of(500, 501, 502, 503, 504, 505, 506, 507, 508, 510, 511),
        policy.retriableStatusCodes());
    assertEquals(3, policy.numRetries());
    assertEquals(Optional.of(Duration.ofSeconds(2)), policy.perTryTimeout());
    assertTrue(policy.hostSelection().previousHosts(), "on another endpoint");
    assertEquals(5, policy.hostSelection().maxAttempts());
    assertEquals(Duration.ofMillis(25), policy.backOff().baseInterval());
    assertEquals(Duration.ofMillis(250), policy.backOff().maxInterval());
  }

  @Test
  void theTimeoutIsEnvoysDefault() {
    assertEquals(Optional.empty(), apps.firstAction().timeouts().timeout());
    assertEquals(Duration.ofSeconds(15), RouteAction.RouteTimeouts.DEFAULT_TIMEOUT);
  }

  @Test
  void aTargetsClusterIsAskedOfCloudMapWithItsListenersPort() {
    Cluster cluster = apps.cluster(Apps.B);

    assertEquals(
        new Discovery.CloudMap(
            Apps.B, "apps.local", "serviceb", Map.of(), 8000, IpPreference.IPV4_PREFERRED),
        cluster.discovery());
    assertEquals(Duration.ofSeconds(1), cluster.connections().connectTimeout());
    assertEquals(Cluster.Protocol.HTTP1, cluster.protocol());
    assertEquals(Optional.empty(), cluster.tls());
    assertEquals(50.0, cluster.panicThreshold());
  }

  @Test
  void theOutlierDetectionOfTheServerIsTheClients() {
    OutlierDetection detection = apps.cluster(Apps.B).outlierDetection().orElseThrow();

    assertEquals(5, detection.consecutive5xx());
    assertEquals(Duration.ofSeconds(1), detection.interval());
    assertEquals(Duration.ofSeconds(5), detection.baseEjectionTime());
    assertEquals(50, detection.maxEjectionPercent());
    assertTrue(detection.alwaysEjectOneHost(), "at least one, whatever the percentage");
  }

  @Test
  void aTargetWithoutOutlierDetectionHasNone() {
    apps.write(
        Apps.TARGET,
        """
        {"meshName": "apps", "virtualNodeName": "serviceB", "spec": {
          "listeners": [{"portMapping": {"port": 8000, "protocol": "http"}}],
          "serviceDiscovery": {"dns": {"hostname": "b.local"}}}}
        """);
    assertEquals(Optional.empty(), apps.cluster(Apps.B).outlierDetection());
  }

  @Test
  void circuitBreakersAreOff() {
    assertEquals(
        new CircuitBreakers(Integer.MAX_VALUE, Integer.MAX_VALUE, Optional.empty()),
        apps.cluster(Apps.B).circuitBreakers());
    assertEquals(
        "[{max_connections=2147483647, max_pending_requests=2147483647, max_requests=2147483647,"
            + " max_retries=2147483647}]",
        "" + field(Apps.B, "circuit_breakers", "thresholds"));
  }

  @Test
  void metadataNamesTheTargetForTheMetricsExtension() {
    assertEquals(
        Map.of("tags", List.of(Map.of("key", "TargetVirtualNode", "value", "serviceB"))),
        field(Apps.B, "metadata", "filter_metadata", "aws.appmesh.aggregate_stats"));
  }

  private Object field(String cluster, String... path) {
    Object value = Apps.json(apps.translation(), ResourceType.CLUSTER, cluster);
    for (String each : path) {
      value = ((Map<?, ?>) value).get(each);
    }
    return value;
  }

  @Test
  void theEgressListenerTakesThePortTheHttpsPortAndAllOthers() {
    Listener listener = apps.listener("lds_egress_0.0.0.0_15001");

    assertEquals(Direction.OUTBOUND, listener.direction());
    assertTrue(listener.useOriginalDst());
    assertEquals(
        List.of(OptionalInt.of(8000), OptionalInt.of(443)),
        listener.filterChains().stream().map(Listener.FilterChain::destinationPort).toList());
    assertEquals(
        new RouteSource.Rds(Apps.ROUTES), manager(listener.filterChains().get(0)).routes());
    assertEquals(
        List.of("*.amazonaws.com", "*.amazonaws.com:443"),
        inline(listener.filterChains().get(1)).get(0).domains());
    assertEquals(List.of(), inline(listener.defaultFilterChain().orElseThrow()));
  }

  private static HttpConnectionManager manager(Listener.FilterChain chain) {
    return chain.connectionManager().orElseThrow();
  }

  private static List<VirtualHost> inline(Listener.FilterChain chain) {
    return ((RouteSource.Inline) manager(chain).routes()).configuration().virtualHosts();
  }

  @Test
  void theIngressListenerSendsThePortToTheApplication() {
    Listener listener = apps.listener("lds_ingress_0.0.0.0_15000");

    assertEquals(Direction.INBOUND, listener.direction());
    assertEquals(OptionalInt.of(8000), listener.filterChains().get(0).destinationPort());
    assertEquals(Optional.empty(), listener.filterChains().get(0).tls());
    Cluster cluster = apps.cluster("cds_ingress_apps_serviceA_http_8000");
    Discovery.Static own = (Discovery.Static) cluster.discovery();
    assertEquals("127.0.0.1", own.assignment().address(0));
    assertEquals(8000, own.assignment().port(0));
    assertEquals(Duration.ofMillis(250), cluster.connections().connectTimeout());
  }

  @Test
  void allowAllLetsEveryOtherHostThroughOnEveryPort() {
    apps.edit(Apps.MESH, "DROP_ALL", "ALLOW_ALL");

    Listener listener = apps.listener("lds_egress_0.0.0.0_15001");
    List<VirtualHost> hosts = apps.routes().virtualHosts();
    assertEquals(
        List.of("serviceb.apps.local", "mesh-allow-all"),
        hosts.stream().map(VirtualHost::name).toList());
    assertEquals(List.of("*"), hosts.get(1).domains());
    assertEquals(
        new ClusterSpecifier.Named("cds_egress_apps_mesh-allow-all"),
        ((RouteAction.Forward) hosts.get(1).routes().get(0).action()).cluster());
    assertEquals(List.of("*"), inline(listener.filterChains().get(1)).get(0).domains());
    assertEquals(
        List.of("*"), inline(listener.defaultFilterChain().orElseThrow()).get(0).domains());
    assertTrue(
        apps.cluster("cds_egress_apps_mesh-allow-all").discovery()
            instanceof Discovery.OriginalDst);
  }

  @Test
  void withoutAnEgressFilterAllIsDropped() {
    List<String> dropped = Apps.names(apps.translation());
    apps.write(Apps.MESH, "{\"meshName\": \"apps\"}");
    assertEquals(dropped, Apps.names(apps.translation()));
    assertEquals(1, apps.routes().virtualHosts().size());
  }

  @Test
  void aPlainEnvoyGetsAListenerOnALoopbackPortAndNoEgressFilter() {
    Translation translation = apps.translation(View.envoy(20_000));

    assertEquals(
        List.of(
            "CDS cds_egress_apps_serviceB_http_8000",
            "CDS cds_egress_apps_serviceBv2_http_8000",
            "LDS lds_egress_127.0.0.1_28000",
            "RDS rds_egress_http_8000"),
        Apps.names(translation));
    Map<String, Object> listener =
        Apps.json(translation, ResourceType.LISTENER, "lds_egress_127.0.0.1_28000");
    assertEquals(
        "{socket_address={address=127.0.0.1, port_value=28000}}",
        String.valueOf(listener.get("address")));
    assertFalse(listener.containsKey("use_original_dst"), listener::toString);
  }

  @Test
  void aServiceWithoutProviderIsKnownAndHasNoRoute() {
    apps.edit(
            Apps.SELF,
            "\"backends\": [ {",
            "\"backends\": [ {\"virtualService\": {\"virtualServiceName\": \"servicec.apps.local\"}}, {")
        .write(
            "create-virtual-service-servicec.json",
            "{\"meshName\": \"apps\", \"virtualServiceName\": \"servicec.apps.local\", \"spec\":"
                + " {}}");
    VirtualHost host = apps.routes().virtualHosts().get(1);
    assertEquals("servicec.apps.local", host.name());
    assertEquals(List.of(), host.routes(), "so that it is answered 404, not let through");
  }

  @Test
  void aServiceThatANodeProvidesHasOneRouteWithTheDefaults() {
    apps.edit(Apps.SERVICE, "\"virtualRouter\"", "\"virtualNode\"")
        .edit(Apps.SERVICE, "virtualRouterName", "virtualNodeName");

    assertEquals(new PathMatch.Prefix("/"), apps.firstRoute().match().path());
    assertEquals(new ClusterSpecifier.Named(Apps.B), apps.firstAction().cluster());
    assertEquals(Optional.empty(), apps.firstAction().timeouts().timeout());
    assertDefaultRetries(apps.firstAction().retryPolicy().orElseThrow());
  }

  @Test
  void aRouteWithoutRetryPolicyHasAppMeshsDefault() {
    apps.delete(Apps.ROUTE);
    assertDefaultRetries(apps.firstAction().retryPolicy().orElseThrow());

    View without = new View(false, 0, false);
    Translation translation = apps.translation(without);
    Object routes = Apps.json(translation, ResourceType.ROUTE_CONFIGURATION, Apps.ROUTES);
    assertFalse(String.valueOf(routes).contains("retry_policy"), "which can be switched off");
  }

  private static void assertDefaultRetries(RetryPolicy policy) {
    assertEquals(2, policy.numRetries());
    assertEquals(
        Set.of(
            RetryOn.GRPC_UNAVAILABLE,
            RetryOn.CONNECT_FAILURE,
            RetryOn.REFUSED_STREAM,
            RetryOn.RESET,
            RetryOn.RETRIABLE_STATUS_CODES),
        policy.retryOn());
    assertEquals(List.of(503), policy.retriableStatusCodes());
    assertEquals(Optional.empty(), policy.perTryTimeout());
    assertTrue(policy.hostSelection().previousHosts());
    assertEquals(5, policy.hostSelection().maxAttempts());
  }
}
