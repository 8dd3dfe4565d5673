package dev.proxyless.mesh.controlplane;

import static dev.proxyless.mesh.controlplane.AppsDirectory.SERVICE_A;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.protobuf.Any;
import com.google.protobuf.util.JsonFormat;
import dev.proxyless.mesh.document.Json;
import dev.proxyless.mesh.document.Node;
import io.envoyproxy.envoy.config.cluster.v3.Cluster;
import io.envoyproxy.envoy.config.listener.v3.Listener;
import io.envoyproxy.envoy.config.route.v3.RouteConfiguration;
import io.envoyproxy.envoy.extensions.filters.http.router.v3.Router;
import io.envoyproxy.envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager;
import io.envoyproxy.envoy.extensions.retry.host.previous_hosts.v3.PreviousHostsPredicate;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What the commands write and with which status they end. */
class CommandsTest {

  private static final JsonFormat.TypeRegistry XDS =
      JsonFormat.TypeRegistry.newBuilder()
          .add(
              List.of(
                  Cluster.getDescriptor(),
                  Listener.getDescriptor(),
                  RouteConfiguration.getDescriptor(),
                  HttpConnectionManager.getDescriptor(),
                  Router.getDescriptor(),
                  PreviousHostsPredicate.getDescriptor()))
          .build();

  @TempDir Path directory;
  private AppsDirectory apps;
  private String dir = "";

  @BeforeEach
  void copy() throws Exception {
    apps = new AppsDirectory(directory);
    dir = directory.toString();
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "serve", "import", "explain", "check"})
  void helpHasAnExample(String command) {
    CommandRun run = command.isEmpty() ? CommandRun.of("--help") : CommandRun.of(command, "--help");

    assertEquals(0, run.status());
    assertTrue(run.out().contains("Example:\n  mesh " + command), run::out);
    assertEquals("", run.err());
  }

  @Test
  void meshAlonePrintsHelp() {
    CommandRun run = CommandRun.of();

    assertEquals(CommandRun.of("--help"), run);
  }

  @Test
  void theVersionIsTold() {
    CommandRun run = CommandRun.of("--version");

    assertEquals(0, run.status());
    assertTrue(run.out().startsWith("mesh "), run::out);
  }

  @Test
  void anOptionThatIsNoneIsUnusable() {
    CommandRun run = CommandRun.of("import", dir, "--forma", "json");

    assertEquals(2, run.status());
    assertEquals("", run.out());
    assertTrue(run.err().contains("--forma"), run::err);
  }

  @Test
  void importSaysWhatEachNodeGets() {
    CommandRun run = CommandRun.of("import", dir);

    assertEquals(0, run.status());
    assertEquals("", run.err());
    assertTrue(
        run.out()
            .startsWith(
                dir
                    + ": 10 documents became 8 resources: 1 mesh, 3 virtual nodes, 2 virtual"
                    + " services, 1 virtual router, 1 route\n\n"
                    + SERVICE_A
                    + "\n"),
        run::out);
    assertTrue(
        run.out()
            .contains(
                "  RDS  rds_egress_http_8000                  serviceb.apps.local prefix / to"
                    + " cds_egress_apps_serviceB_http_8000 75,"
                    + " cds_egress_apps_serviceBv2_http_8000 25\n"),
        run::out);
    assertTrue(
        run.out()
            .contains(
                "note "
                    + directory.resolve("create-virtual-node-servicea.json")
                    + ":8: spec.logging: does not act yet\n"),
        run::out);
    assertTrue(run.out().endsWith("no errors, 3 notes\n"), run::out);
  }

  @Test
  void importWritesResourcesThatTheOfficialClassesRead() throws Exception {
    for (String view : List.of("library", "envoy")) {
      CommandRun run = CommandRun.of("import", dir, "--view", view, "--format", "json");

      assertEquals(0, run.status());
      int resources = 0;
      for (Node node : run.json().list("nodes")) {
        for (Node resource : node.list("resources")) {
          Any.Builder any = Any.newBuilder();
          JsonFormat.parser().usingTypeRegistry(XDS).merge(Json.line(resource.plain()), any);
          assertTrue(any.getValue().size() > 0);
          resources++;
        }
      }
      assertEquals(view.equals("library") ? 15 : 4, resources, run::out);
    }
  }

  @Test
  void importOfOneNodeHasThatNodeAlone() {
    CommandRun run = CommandRun.of("import", dir, "--node", SERVICE_A, "--format", "json");

    assertEquals(0, run.status());
    assertEquals(
        List.of(SERVICE_A),
        run.json().list("nodes").stream().map(node -> node.required("node").text()).toList());
  }

  @Test
  void importOfABrokenDocumentNamesItAndEndsWithOne() {
    apps.replace(
        "update-route.json",
        AppsDirectory.original("update-route.json").replace("\"weight\": 25", "\"weight\": 250"));

    CommandRun text = CommandRun.of("import", dir);
    assertEquals(1, text.status());
    assertTrue(
        text.out()
            .contains(
                "error "
                    + directory.resolve("update-route.json")
                    + ":11: spec.httpRoute.action.weightedTargets[1].weight: is 250; right would be a"
                    + " whole number from 0 to 100\n"),
        text::out);
    assertTrue(text.out().endsWith("1 error, 3 notes\n"), text::out);

    CommandRun json = CommandRun.of("import", dir, "--format", "json");
    assertEquals(1, json.status());
    Node problem =
        json.json().list("problems").stream()
            .filter(each -> each.required("severity").text().equals("error"))
            .findFirst()
            .orElseThrow();
    assertEquals(
        directory.resolve("update-route.json").toString(), problem.required("file").text());
    assertEquals(11, problem.required("line").integer(0, 100));
  }

  @Test
  void importTellsAnExpressionThatCannotBeUsedByFileAndLine() {
    apps.replace(
        "update-route.json",
        AppsDirectory.original("update-route.json")
            .replace("{ \"prefix\": \"/\" }", "{ \"path\": { \"regex\": \"/(open\" } }"));

    CommandRun run = CommandRun.of("import", dir);

    assertEquals(1, run.status());
    assertTrue(
        run.out()
            .contains(
                "error "
                    + dir
                    + "/update-route.json:7: spec.httpRoute.match.path.regex: is \"/(open\", which"
                    + " is no RE2 expression"),
        run::out);
  }

  @ParameterizedTest
  @ValueSource(strings = {"serve", "import"})
  void aDirectoryThatIsNotThereIsUnusable(String command) {
    CommandRun run = CommandRun.of(command, dir + "/nowhere");

    assertEquals(2, run.status());
    assertEquals("", run.out());
    assertEquals(
        "mesh " + command + ": " + dir + "/nowhere: is no directory that can be read\n", run.err());
  }

  @Test
  void aDirectoryWithoutDocumentsIsUnusable(@TempDir Path empty) throws Exception {
    Files.writeString(empty.resolve("README.md"), "nothing here");

    CommandRun run = CommandRun.of("import", empty.toString());

    assertEquals(2, run.status());
    assertTrue(run.err().startsWith("mesh import: " + empty + ": has no documents;"), run::err);
  }

  @Test
  void serveWithAPortThatIsNoneIsUnusable() {
    CommandRun run = CommandRun.of("serve", dir, "--port", "70000");

    assertEquals(2, run.status());
    assertEquals(
        "mesh serve: --port is 70000; right would be a number from 0 to 65535\n", run.err());
  }

  @Test
  void explainSaysWhereARequestGoesAndWhy() {
    CommandRun run =
        explain("--random", "80", "-X", "POST", "http://serviceb.apps.local:8000/orders?id=7");

    assertEquals(0, run.status());
    assertEquals("", run.err());
    assertTrue(
        run.out().startsWith("POST http://serviceb.apps.local:8000/orders?id=7 as " + SERVICE_A),
        run::out);
    assertTrue(run.out().contains("\n  route 0 \"serviceB\" takes it\n"), run::out);
    assertTrue(
        run.out()
            .contains(
                "\n  cluster cds_egress_apps_serviceBv2_http_8000 has the instances of Cloud Map"
                    + " service servicebv2 in namespace apps.local\n"),
        run::out);
    assertTrue(
        run.out()
            .endsWith(
                "\nsent to cluster cds_egress_apps_serviceBv2_http_8000, whose endpoints are asked"
                    + " for at run time\n"),
        run::out);
  }

  @Test
  void explainNamesTheConditionThatARouteFails() {
    apps.replace(
        "update-route.json",
        AppsDirectory.original("update-route.json")
            .replace(
                "{ \"prefix\": \"/\" }",
                "{ \"prefix\": \"/\", \"method\": \"GET\", \"headers\": [{ \"name\": \"x-version\","
                    + " \"match\": { \"exact\": \"2\" } }] }"));

    CommandRun wrong =
        explain("-H", "x-version: 1", "--format", "json", "http://serviceb.apps.local:8000/");
    assertEquals(1, wrong.status());
    assertEquals("no_route", wrong.json().required("action").text());
    List<String> why = wrong.json().list("why").stream().map(Node::text).toList();
    assertTrue(
        why.stream()
            .anyMatch(
                step ->
                    step.startsWith("route 0 \"serviceB\" does not: it wants that")
                        && step.contains("x-version")),
        why::toString);

    CommandRun right = explain("-H", "x-version: 2", "http://serviceb.apps.local:8000/");
    assertEquals(0, right.status(), right::out);
  }

  @Test
  void aHostHeaderStandsForTheUrls() {
    CommandRun run = explain("-H", "Host: serviceb.apps.local", "http://127.0.0.1:8000/");

    assertEquals(0, run.status(), run::out);
  }

  @Test
  void explainNamesTheServiceNearestToAnUnknownOne() {
    CommandRun run = explain("http://serviceb.app.local:8000/");

    assertEquals(1, run.status());
    assertTrue(run.out().contains("the nearest is \"serviceb.apps.local:8000\""), run::out);
    assertTrue(run.out().endsWith("\nanswered 404: no route takes it\n"), run::out);
  }

  @Test
  void explainOfDocumentsWithAnErrorEndsWithOne() {
    apps.replace("create-zzz.json", "{");

    CommandRun run = explain("--random", "1", "http://serviceb.apps.local:8000/");

    assertEquals(1, run.status());
    assertTrue(
        run.out().contains("\nerror " + directory.resolve("create-zzz.json") + ":1: "), run::out);
  }

  @ParameterizedTest
  @ValueSource(strings = {"serviceb", "ftp://serviceb.apps.local/", "http:// /"})
  void aUrlThatIsNoneIsUnusable(String url) {
    CommandRun run = explain(url);

    assertEquals(2, run.status());
    assertTrue(
        run.err().startsWith("mesh explain: \"" + url + "\" is no URL of a service;"), run::err);
  }

  @Test
  void aHeaderWithoutANameIsUnusable() {
    CommandRun run = explain("-H", "x-version", "http://serviceb.apps.local:8000/");

    assertEquals(2, run.status());
    assertEquals(
        "mesh explain: header \"x-version\" has no name; right would be 'name: value'\n",
        run.err());
  }

  @Test
  void aNodeThatIsUnknownIsUnusableAndTheOthersAreNamed() {
    CommandRun run =
        CommandRun.of(
            "explain",
            "--config",
            dir,
            "--node",
            "mesh/apps/virtualNode/serviceC",
            "http://serviceb.apps.local:8000/");

    assertEquals(2, run.status());
    assertTrue(
        run.err()
            .startsWith(
                "mesh explain: there is no mesh/apps/virtualNode/serviceC; right would be one of "
                    + SERVICE_A),
        run::err);
  }

  @Test
  void theNodeMayBeLeftOutWhereThereIsOne() throws Exception {
    CommandRun several =
        CommandRun.of("explain", "--config", dir, "http://serviceb.apps.local:8000/");
    assertEquals(2, several.status());
    assertTrue(
        several
            .err()
            .startsWith(
                "mesh explain: --node is missing, and there are 3 virtual nodes; right would be one"
                    + " of "
                    + SERVICE_A),
        several::err);

    Path alone = Files.createDirectory(directory.resolve("one"));
    Files.writeString(alone.resolve("create-mesh.json"), "{\"meshName\": \"m\", \"spec\": {}}");
    Files.writeString(
        alone.resolve("create-virtual-node.json"),
        "{\"meshName\": \"m\", \"virtualNodeName\": \"n\", \"spec\": {}}");
    CommandRun one = CommandRun.of("explain", "--config", alone.toString(), "http://x.local:8000/");
    assertTrue(
        one.out().startsWith("GET http://x.local:8000/ as mesh/m/virtualNode/n\n"), one::toString);
  }

  private CommandRun explain(String... more) {
    String[] args = new String[5 + more.length];
    args[0] = "explain";
    args[1] = "--config";
    args[2] = dir;
    args[3] = "--node";
    args[4] = SERVICE_A;
    System.arraycopy(more, 0, args, 5, more.length);
    return CommandRun.of(args);
  }
}
