package dev.proxyless.mesh;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.proxyless.mesh.Bootstrap.CloudMap;
import dev.proxyless.mesh.Bootstrap.XdsFileSource;
import dev.proxyless.mesh.call.CallContext;
import dev.proxyless.mesh.call.Decision;
import dev.proxyless.mesh.call.MeshCall;
import dev.proxyless.mesh.call.SteeredCall;
import dev.proxyless.mesh.document.DocumentException;
import dev.proxyless.mesh.testing.Await;
import dev.proxyless.mesh.testing.FakeRequest;
import dev.proxyless.mesh.testing.LogLines;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A mesh that goes by a file of xDS resources. */
class XdsFileMeshTest {

  private static final String BOOTSTRAP =
      """
      static_resources:
        listeners:
        - name: egress
          address: {socket_address: {address: 127.0.0.1, port_value: 15001}}
          filter_chains:
          - filters:
            - name: http
              typed_config:
                "@type": type.googleapis.com/envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager
                stat_prefix: egress
                route_config:
                  validate_clusters: false
                  virtual_hosts:
                  - name: orders
                    domains: [orders.internal]
                    routes:
                    - {match: {prefix: /missing}, route: {cluster: nowhere}}
                    - {match: {prefix: /eds}, route: {cluster: eds}}
                    - match: {prefix: /split}
                      route: {weighted_clusters: {clusters: [{name: one, weight: 1}, {name: two, weight: 1}]}}
                    - match: {prefix: /steered, headers: [{name: x-envoy-max-retries, present_match: true}]}
                      route: {cluster: two}
                    - {match: {prefix: /}, route: {cluster: CLUSTER}}
        clusters:
        - name: one
          type: STATIC
          load_assignment:
            endpoints: [{lb_endpoints: [{endpoint: {address: {socket_address: {address: 10.0.0.1, port_value: 80}}}}]}]
        - name: two
          type: STATIC
          load_assignment:
            endpoints: [{lb_endpoints: [{endpoint: {address: {socket_address: {address: 10.0.0.2, port_value: 80}}}}]}]
        - name: eds
          type: EDS
          eds_cluster_config: {eds_config: {ads: {}}}
      """;

  @TempDir Path directory;

  private Path write(String text) throws IOException {
    return Files.writeString(directory.resolve("envoy.yaml"), text);
  }

  private static Mesh mesh(Path file, Optional<String> listener) {
    return Mesh.builder()
        .bootstrap(
            Bootstrap.builder()
                .nodeId("local")
                .xdsFile(new XdsFileSource(file, listener))
                .cloudMap(CloudMap.OFF)
                .build())
        .build();
  }

  private static Decision begin(Mesh mesh, String url) throws Exception {
    return mesh.calls().begin(FakeRequest.get(url), true, CallContext.NONE);
  }

  private static String cluster(Mesh mesh, String url) throws Exception {
    MeshCall call = assertInstanceOf(Decision.Forward.class, begin(mesh, url)).call();
    call.cancelled();
    return call.info().cluster();
  }

  @Test
  void itsListenerTakesRequestsToAnyPort() throws Exception {
    try (Mesh mesh = mesh(write(BOOTSTRAP.replace("CLUSTER", "one")), Optional.of("egress"))) {
      assertTrue(mesh.awaitReady(Await.LIMIT));

      assertEquals("one", cluster(mesh, "http://orders.internal/"));
      assertEquals(
          "404 NR", reply(begin(mesh, "http://orders.internal:9000/")), "the port is compared");
      assertEquals("404 NR", reply(begin(mesh, "http://elsewhere/")));
    }
  }

  @Test
  void whatTheFileLacksIsNotWaitedFor() throws Exception {
    try (Mesh mesh = mesh(write(BOOTSTRAP.replace("CLUSTER", "one")), Optional.empty())) {
      assertTrue(mesh.awaitReady(Await.LIMIT));

      assertEquals("503 NC", reply(begin(mesh, "http://orders.internal/missing")));
      assertEquals("eds", cluster(mesh, "http://orders.internal/eds"));
    }
  }

  @Test
  void aCallIsDecidedAsItsListenerSays() throws Exception {
    try (Mesh mesh = mesh(write(BOOTSTRAP.replace("CLUSTER", "one")), Optional.empty())) {
      assertTrue(mesh.awaitReady(Await.LIMIT));
      FakeRequest split = FakeRequest.get("http://orders.internal/split");
      FakeRequest steering =
          FakeRequest.get("http://orders.internal/steered").header("x-envoy-max-retries", "1");

      assertEquals("one", cluster(mesh, split, new Steered(OptionalLong.of(4), Optional.empty())));
      assertEquals("two", cluster(mesh, split, new Steered(OptionalLong.of(5), Optional.empty())));
      assertEquals(
          "two", cluster(mesh, steering, new Steered(OptionalLong.empty(), Optional.of(true))));
      assertEquals(
          "one", cluster(mesh, steering, new Steered(OptionalLong.empty(), Optional.of(false))));
    }
  }

  private record Steered(OptionalLong random, Optional<Boolean> trusted) implements SteeredCall {}

  private static String cluster(Mesh mesh, FakeRequest request, SteeredCall steered)
      throws Exception {
    Decision decision = mesh.calls().begin(request, true, CallContext.NONE.toldTo(steered));
    MeshCall call = assertInstanceOf(Decision.Forward.class, decision).call();
    call.cancelled();
    return call.info().cluster();
  }

  @Test
  void aChangeIsFollowedAndOneThatCannotBeUsedChangesNothing() throws Exception {
    Path file = write(BOOTSTRAP.replace("CLUSTER", "one"));
    try (Mesh mesh = mesh(file, Optional.empty());
        LogLines log = new LogLines()) {
      assertTrue(mesh.awaitReady(Await.LIMIT));
      write("static_resources: {listeners: 7}");
      Await.until(
          "the refusal",
          () -> !log.with("what was read before stays in force").isEmpty(),
          () -> "not told");
      assertEquals("one", cluster(mesh, "http://orders.internal/"));

      write(BOOTSTRAP.replace("CLUSTER", "two"));
      Await.until(
          "the change",
          () -> cluster(mesh, "http://orders.internal/").equals("two"),
          () -> "the file as it was");
    }
  }

  @Test
  void resourcesAreReported() throws Exception {
    try (Mesh mesh = mesh(write(BOOTSTRAP.replace("CLUSTER", "one")), Optional.empty())) {
      assertTrue(mesh.awaitReady(Await.LIMIT));

      assertEquals(4, ((List<?>) mesh.report().get("resources")).size(), mesh.report()::toString);
    }
  }

  @Test
  void aFileThatCannotBeUsedRefusesTheMesh() throws IOException {
    Path twice = write(BOOTSTRAP.replace("name: two", "name: one"));
    assertTold(twice, Optional.empty(), "is a second resource \"one\"");
    Path good = write(BOOTSTRAP.replace("CLUSTER", "one"));
    assertTold(good, Optional.of("ingress"), "xds.listener is \"ingress\"");
    Path routes = write("virtual_hosts: [{name: a, domains: ['*'], routes: []}]");
    assertTold(routes, Optional.empty(), "has no clusters, so that there is nowhere to send");
    assertTold(directory.resolve("nowhere.yaml"), Optional.empty(), "nowhere.yaml");
  }

  private static void assertTold(Path file, Optional<String> listener, String part) {
    DocumentException refused =
        assertThrows(DocumentException.class, () -> mesh(file, listener).close());
    assertTrue(String.valueOf(refused.getMessage()).contains(part), refused::getMessage);
  }

  private static String reply(Decision decision) {
    var reply = assertInstanceOf(Decision.Respond.class, decision).reply();
    return reply.status() + " " + reply.info().flags();
  }
}
