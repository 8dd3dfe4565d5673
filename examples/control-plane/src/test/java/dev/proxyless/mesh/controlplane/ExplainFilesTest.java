package dev.proxyless.mesh.controlplane;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What {@code mesh explain} makes of files of xDS resources. */
class ExplainFilesTest {

  private static final String ROUTES =
      """
      virtual_hosts:
      - name: shop
        domains: [shop.example]
        routes:
        - {match: {prefix: /cart}, route: {cluster: carts}}
        - {match: {prefix: /any}, route: {cluster_header: x-cluster}}
      """;

  private static final String HCM =
      "type.googleapis.com/envoy.extensions.filters.network.http_connection_manager.v3"
          + ".HttpConnectionManager";

  @TempDir Path directory;

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "'@type': type.googleapis.com/envoy.config.route.v3.RouteConfiguration\n",
        "name: named\n"
      })
  void aBareRouteConfigurationIsRecognised(String head) {
    CommandRun run = explain(head + ROUTES, "http://shop.example:8000/cart");

    assertEquals(1, run.status(), run::toString);
    run = explain(head + ROUTES, "http://shop.example/cart");
    assertEquals(0, run.status(), run::toString);
    assertTrue(run.out().contains("\nsent to cluster carts, "), run::out);
  }

  @Test
  void theClustersThatBareRoutesNameExistAndNoOthers() {
    assertEquals(0, explain(ROUTES, "http://shop.example/cart").status());
    assertEquals(0, explain(ROUTES, "-H", "x-cluster: carts", "http://shop.example/any").status());
    assertUnknown("x-cluster: other");
    assertUnknown("x-cluster:");
    assertUnknown("x-none: carts");
  }

  private void assertUnknown(String header) {
    CommandRun run = explain(ROUTES, "--json", "-H", header, "http://shop.example/any");
    assertEquals(1, run.status(), run::toString);
    assertEquals("no_cluster", run.json().required("action").text());
    assertEquals(503, run.json().required("status").integer(0, 999));
  }

  @Test
  void clustersThatAreListedAreAllThereAre() {
    Path names = write("names.txt", "a\ncarts\n");
    Path resources =
        write(
            "clusters.yaml",
            "- {'@type': type.googleapis.com/envoy.config.cluster.v3.Cluster, name: carts}");

    assertEquals(1, explain(ROUTES, "--clusters", "a,b", "http://shop.example/cart").status());
    for (String carts : new String[] {"a, carts", names.toString(), resources.toString()}) {
      CommandRun run = explain(ROUTES, "--clusters", carts, "http://shop.example/cart");
      assertEquals(0, run.status(), run::toString);
    }
    assertEquals(
        0,
        explain(ROUTES, "--clusters", "b", "-H", "x-cluster: b", "http://shop.example/any")
            .status());
  }

  @Test
  void aListenerOfABootstrapTakesRequestsToAnyPort() {
    String bootstrap = bootstrap(listener("in", 8000, "", "a") + listener("out", 9000, "", "b"));

    assertSentTo("a", bootstrap, "--listener", "in", "http://shop.example:1234/");
    assertSentTo("b", bootstrap, "--listener", "out", "http://shop.example/");
    CommandRun none = explain(bootstrap, "http://shop.example/");
    assertEquals(2, none.status());
    assertEquals(
        "mesh explain: "
            + directory
            + "/config.yaml: has 2 listeners; right would be --listener with one of in, out\n",
        none.err());
    CommandRun wrong = explain(bootstrap, "--listener", "inn", "http://shop.example/");
    assertEquals(2, wrong.status());
    assertTrue(
        wrong
            .err()
            .endsWith(
                "--listener is \"inn\"; the nearest is \"in\"; right would be one of in, out\n"),
        wrong::err);
  }

  @Test
  void anInboundListenerIsAskedToo() {
    String inbound = listener("in", 8000, "traffic_direction: INBOUND", "a");

    assertSentTo("a", bootstrap(inbound), "http://shop.example/");
  }

  @Test
  void endpointsOfStaticClustersAreTold() {
    CommandRun run =
        explain(bootstrap(listener("in", 8000, "", "a")), "--json", "http://shop.example/");

    assertEquals("127.0.0.1:7001", run.json().list("endpoints").get(0).text(), run::out);
  }

  @Test
  void otherPartsOfABootstrapArePassedOver() {
    String more = "admin: {address: {pipe: {path: /x}}}\nnode: {id: x}\nstats_sinks: [{name: y}]\n";

    assertSentTo("a", more + bootstrap(listener("in", 8000, "", "a")), "http://shop.example/");
  }

  @Test
  void aClusterThatIsNotThereRefusesAListenersOwnRoutesButNotOthers() {
    String bootstrap = bootstrap(listener("in", 8000, "", "c"));

    CommandRun run = explain(bootstrap, "http://shop.example/");

    assertEquals(2, run.status(), run::out);
    assertEquals(
        "mesh explain: "
            + directory
            + "/config.yaml:12: static_resources.listeners[0].filter_chains[0].filters[0]"
            + ".typed_config.route_config.virtual_hosts[0].routes[0].route.cluster: is \"c\", and there"
            + " is no such cluster; the nearest is \"a\"; right would be a cluster that there is, or"
            + " validate_clusters: false\n",
        run.err());
    CommandRun known =
        explain(
            bootstrap.replace("route_config: {", "route_config: {validate_clusters: false,"),
            "http://shop.example/");
    assertEquals(1, known.status(), known::toString);
    assertEquals(
        0, explain(ROUTES + "validate_clusters: true\n", "http://shop.example/cart").status());
    assertEquals(
        2,
        explain(ROUTES + "validate_clusters: true\n", "--clusters", "a", "http://shop.example/cart")
            .status());
  }

  @Test
  void resourcesMayStandAsDocumentsAsAListAndUnderAKey() {
    String routes =
        "{'@type': type.googleapis.com/envoy.config.route.v3.RouteConfiguration, name: r,"
            + " virtual_hosts: [{name: v, domains: ['*'], routes: [{match: {prefix: /}, route:"
            + " {cluster: a}}]}]}";
    String listener =
        "{'@type': type.googleapis.com/envoy.config.listener.v3.Listener, name: l, filter_chains:"
            + " [{filters: [{name: h, typed_config: {'@type': "
            + HCM
            + ", rds: {route_config_name: r}}}]}]}";

    assertSentTo("a", routes + "\n---\n" + listener + "\n", "http://shop.example/");
    assertSentTo("a", "- " + routes + "\n- " + listener + "\n", "http://shop.example/");
    assertSentTo("a", "resources:\n- " + routes + "\n- " + listener + "\n", "http://shop.example/");
    CommandRun missing = explain("- " + listener + "\n", "http://shop.example/");
    assertEquals(2, missing.status());
    assertTrue(
        missing.err().contains("listener l: rds.route_config_name: is \"r\", which this file does"),
        missing::err);
  }

  @ParameterizedTest(name = "{1}")
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "a: 1 | config.yaml:1: has no @type and is no RouteConfiguration; right would be a"
            + " RouteConfiguration, resources with their @type, an Envoy bootstrap or a mesh.yaml",
        "'@type': x.y/z | config.yaml:1: @type: is \"x.y/z\"; right would be one of"
            + " type.googleapis.com/envoy.config.cluster.v3.Cluster",
        "static_resources: {listeners: []} | config.yaml: has neither a listener nor a"
            + " RouteConfiguration",
        "virtual_hosts: [{name: a, domains: [a], rotes: []}] | config.yaml:1: virtual_hosts[0].rotes:"
            + " is no field of envoy.config.route.v3.VirtualHost",
        "virtual_hosts: { | config.yaml:1: while parsing a flow node",
      })
  void aFileThatIsUnusableIsToldByLineAndField(String yaml, String message) {
    CommandRun run = explain(yaml, "http://shop.example/");

    assertEquals(2, run.status(), run::toString);
    assertEquals("", run.out());
    assertTrue(run.err().startsWith("mesh explain: " + directory + "/" + message), run::err);
  }

  @Test
  void aControlPlaneThatDoesNotAnswerIsUnusable() {
    CommandRun run =
        explain(
            "node: {id: mesh/m/virtualNode/n}\ncontrol_plane: {address: 127.0.0.1:1}\n",
            "--wait",
            "1",
            "http://shop.example/");

    assertEquals(2, run.status(), run::toString);
    assertTrue(run.err().contains("config.yaml: no configuration came within 1 s"), run::err);
  }

  @Test
  void aMeshYamlIsFollowedToItsDocuments() throws Exception {
    Path apps = directory.resolve("apps");
    apps.toFile().mkdir();
    new AppsDirectory(apps);
    CommandRun run =
        explain(
            "node: {id: "
                + AppsDirectory.SERVICE_A
                + "}\napp_mesh: {directory: apps}\ncloud_map: {enabled: false}\n",
            "--wait",
            "60",
            "--json",
            "http://serviceb.apps.local:8000/");

    assertEquals(0, run.status(), run::toString);
    assertEquals("forward", run.json().required("action").text());
    assertEquals(AppsDirectory.SERVICE_A, run.json().required("node").text());
  }

  @Test
  void anOptionThatDoesNotFitIsUnusable() {
    CommandRun run = explain(ROUTES, "--node", "n", "http://shop.example/");

    assertEquals(2, run.status());
    assertTrue(
        run.err().startsWith("mesh explain: --node is for directories of App Mesh documents"),
        run::err);
    assertEquals(2, explain(ROUTES).status());
    assertEquals(2, explain(ROUTES, "--random", "-1", "http://shop.example/").status());
  }

  private static String bootstrap(String listeners) {
    return "static_resources:\n"
        + "  listeners:\n"
        + listeners
        + "  clusters:\n"
        + "  - {name: a, load_assignment: {cluster_name: a, endpoints: [{lb_endpoints: [{endpoint:"
        + " {address: {socket_address: {address: 127.0.0.1, port_value: 7001}}}}]}]}}\n"
        + "  - {name: b}\n";
  }

  private static String listener(String name, int port, String more, String cluster) {
    return """
      - name: %s
        address: {socket_address: {address: 127.0.0.1, port_value: %d}}
        filter_chains:
        - filters:
          - name: http
            typed_config:
              '@type': %s
              stat_prefix: x
              route_config: {
                virtual_hosts: [{name: v, domains: ['*'], routes: [{match: {prefix: /}, route: {cluster: %s}}]}]}
        %s
    """
        .formatted(name, port, HCM, cluster, more.isEmpty() ? "# nothing more" : more);
  }

  private void assertSentTo(String cluster, String yaml, String... args) {
    CommandRun run = explain(yaml, args);
    assertEquals(0, run.status(), run::toString);
    assertTrue(run.out().contains("\nsent to cluster " + cluster + ", "), run::out);
  }

  private CommandRun explain(String yaml, String... more) {
    String[] args = new String[3 + more.length];
    args[0] = "explain";
    args[1] = "--config";
    args[2] = write("config.yaml", yaml).toString();
    System.arraycopy(more, 0, args, 3, more.length);
    return CommandRun.of(args);
  }

  private Path write(String name, String text) {
    try {
      return Files.writeString(directory.resolve(name), text);
    } catch (IOException failed) {
      throw new UncheckedIOException(failed);
    }
  }
}
