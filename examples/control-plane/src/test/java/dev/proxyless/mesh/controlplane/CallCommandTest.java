package dev.proxyless.mesh.controlplane;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.proxyless.mesh.controlplane.RawBackend.Connection;
import dev.proxyless.mesh.controlplane.RawBackend.Seen;
import dev.proxyless.mesh.document.Documents;
import dev.proxyless.mesh.document.Node;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Base64;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** {@code mesh call}, against servers that are there. */
class CallCommandTest {

  private static final String HCM =
      "type.googleapis.com/envoy.extensions.filters.network.http_connection_manager.v3"
          + ".HttpConnectionManager";
  private static final byte[] BINARY = {(byte) 0xff, 0, (byte) 0xfe, 10};

  @TempDir Path directory;
  private final List<Seen> seen = Collections.synchronizedList(new ArrayList<>());
  private final CountDownLatch othersAreDone = new CountDownLatch(3);
  private RawBackend blue;
  private RawBackend green;
  private int nobody;

  @BeforeEach
  void start() throws IOException {
    blue = new RawBackend((request, connection) -> answer("blue", request, connection));
    green = new RawBackend((request, connection) -> answer("green", request, connection));
    try (ServerSocket free = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      nobody = free.getLocalPort();
    }
  }

  @AfterEach
  void stop() throws IOException {
    blue.close();
    green.close();
  }

  private void answer(String name, Seen request, Connection connection) throws IOException {
    seen.add(request);
    switch (request.path()) {
      case "/binary" -> {
        connection.send("HTTP/1.1 200 OK\r\ncontent-length: 4\r\n\r\n");
        connection.send(BINARY);
      }
      case "/encoded" ->
          connection.send(
              "HTTP/1.1 200 OK\r\nX-A: 1\r\nContent-Encoding: gzip\r\ncontent-length: 7\r\n\r\nno gzip");
      case "/cut" -> {
        connection.send("HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nwhat came");
        connection.end();
      }
      case "/silent" -> connection.awaitEnd();
      case "/500" -> connection.send("HTTP/1.1 500 No\r\ncontent-length: 2\r\n\r\nno");
      case "/last" -> {
        try {
          othersAreDone.await();
        } catch (InterruptedException ended) {
          Thread.currentThread().interrupt();
        }
        ok("last", connection);
      }
      case "/early" -> {
        ok("early", connection);
        othersAreDone.countDown();
      }
      default -> ok(name, connection);
    }
  }

  private static void ok(String name, Connection connection) throws IOException {
    connection.send(
        "HTTP/1.1 200 OK\r\nX-Name: "
            + name
            + "\r\ncontent-length: "
            + name.length()
            + "\r\n\r\n"
            + name);
  }

  private static String cluster(String name, int... ports) {
    StringBuilder text = new StringBuilder();
    text.append("  - {name: ").append(name).append(", type: STATIC, load_assignment: {endpoints: ");
    text.append("[{lb_endpoints: [");
    for (int port : ports) {
      text.append("{endpoint: {address: {socket_address: {address: 127.0.0.1, port_value: ");
      text.append(port).append("}}}},");
    }
    return text.append("]}]}}\n").toString();
  }

  private static String listener(String name) {
    return """
      - name: %s
        address: {socket_address: {address: 127.0.0.1, port_value: 15001}}
        filter_chains:
        - filters:
          - name: http
            typed_config:
              "@type": %s
              stat_prefix: egress
              route_config:
                virtual_hosts:
                - name: shop
                  domains: [shop.internal, "shop.internal:*"]
                  routes:
                  - match: {prefix: /split}
                    route:
                      weighted_clusters:
                        clusters: [{name: blue, weight: 1}, {name: green, weight: 1}]
                  - match: {prefix: /nobody}
                    route: {cluster: nobody}
                  - match: {prefix: /half}
                    route:
                      cluster: half
                      retry_policy:
                        retry_on: connect-failure
                        num_retries: 3
                        retry_host_predicate:
                        - name: envoy.retry_host_predicates.previous_hosts
                          typed_config:
                            "@type": type.googleapis.com/envoy.extensions.retry.host.previous_hosts.v3.PreviousHostsPredicate
                        host_selection_retry_max_attempts: 5
                  - match: {prefix: /steered, headers: [{name: x-envoy-max-retries, present_match: true}]}
                    route: {cluster: green}
                  - match: {prefix: /moved}
                    redirect: {path_redirect: /elsewhere}
                  - match: {prefix: /}
                    route: {cluster: blue, timeout: 0s}
      """
        .formatted(name, HCM)
        .indent(2);
  }

  private Path bootstrap(String... listeners) throws IOException {
    StringBuilder text = new StringBuilder("static_resources:\n  listeners:\n");
    for (String each : listeners) {
      text.append(listener(each));
    }
    text.append("  clusters:\n");
    text.append(cluster("blue", blue.port())).append(cluster("green", green.port()));
    text.append(cluster("nobody", nobody)).append(cluster("half", nobody, blue.port()));
    return Files.writeString(directory.resolve("envoy.yaml"), text.toString());
  }

  private CommandRun call(String... args) throws IOException {
    List<String> all = new ArrayList<>(List.of("call", "--config", bootstrap("egress").toString()));
    all.addAll(List.of(args));
    return run(all.toArray(String[]::new));
  }

  /** The command with what it writes byte by byte before what it writes as text. */
  private static CommandRun run(String... args) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    PrintStream before = System.out;
    System.setOut(new PrintStream(bytes, true, StandardCharsets.ISO_8859_1));
    try {
      CommandRun run = CommandRun.of(args);
      return new CommandRun(
          run.status(), bytes.toString(StandardCharsets.ISO_8859_1) + run.out(), run.err());
    } finally {
      System.setOut(before);
    }
  }

  @Test
  void theBodyIsWrittenAsItCameAndNothingElse() throws IOException {
    CommandRun run = call("http://shop.internal/");

    assertEquals(new CommandRun(0, "blue", ""), run);
    assertEquals("shop.internal", seen.get(0).header("host"));
    assertEquals("", seen.get(0).header("accept-encoding"), "nothing the caller did not ask for");

    run = call("http://shop.internal/binary");
    assertArrayEquals(BINARY, run.out().getBytes(StandardCharsets.ISO_8859_1));
  }

  @Test
  void whatIsEncodedStaysSo() throws IOException {
    CommandRun run = call("-i", "http://shop.internal/encoded");
    assertEquals(
        "HTTP/1.1 200\nX-A: 1\nContent-Encoding: gzip\ncontent-length: 7\n\nno gzip", run.out());
    assertEquals(0, run.status());
  }

  @Test
  void aFileIsRetriedByAsItSaysHoweverManyCallsFail() throws IOException {
    int lines = 140; // more than the throttle of a mesh.yaml would allow at once
    String line =
        "{\"authority\": \"shop.internal\", \"path\": \"/500\", \"headers\":"
            + " [[\"x-envoy-retry-on\", \"5xx\"]]}\n";
    Path file = Files.writeString(directory.resolve("failing.jsonl"), line.repeat(lines));
    CommandRun run = call("--requests", file.toString());
    assertEquals(lines, run.out().lines().count());
    for (String answer : run.out().lines().toList()) {
      Node node = Documents.parse("answer", answer);
      assertEquals(2, node.list("attempts").size());
      assertEquals("URX", node.required("flags").text());
    }
  }

  @Test
  void theListenerTakesRequestsToAnyPort() throws IOException {
    assertEquals("blue", call("http://shop.internal:8080/").out());
    assertEquals("blue", call("-H", "Host: shop.internal", "http://127.0.0.1:1/").out());

    CommandRun run = call("-v", "http://elsewhere.internal/");
    assertEquals(1, run.status(), run::toString);
    assertTrue(run.err().contains("flags=NR"), run::err);
  }

  @Test
  void methodHeadersAndBodyAreSentAsWithCurl() throws IOException {
    Path file = Files.writeString(directory.resolve("body.txt"), "of a file");

    call("-d", "a=1", "http://shop.internal/x?y=z");
    call("-X", "PUT", "-H", "content-type: text/x", "-d", "@" + file, "http://shop.internal/");

    assertEquals("POST", seen.get(0).method());
    assertEquals("/x?y=z", seen.get(0).path());
    assertEquals("a=1", seen.get(0).body());
    assertEquals("application/x-www-form-urlencoded", seen.get(0).header("content-type"));
    assertEquals("PUT", seen.get(1).method());
    assertEquals("of a file", seen.get(1).body());
    assertEquals("text/x", seen.get(1).header("content-type"));
  }

  @Test
  void includeWritesTheHeadAndFailTurnsABadStatusIntoAFailure() throws IOException {
    CommandRun run = call("-i", "http://shop.internal/");
    assertTrue(run.out().startsWith("HTTP/1.1 200\nX-Name: blue\n"), run::out);
    assertTrue(run.out().endsWith("\n\nblue"), run::out);

    assertEquals(new CommandRun(0, "no", ""), call("http://shop.internal/500"));
    assertEquals(new CommandRun(1, "no", ""), call("-f", "http://shop.internal/500"));
  }

  @Test
  void aRedirectIsNotFollowed() throws IOException {
    CommandRun run = call("-i", "http://shop.internal/moved");

    assertEquals(0, run.status(), run::toString);
    assertTrue(run.out().startsWith("HTTP/1.1 301\n"), run::out);
  }

  @Test
  void verboseTellsOfEachTry() throws IOException {
    CommandRun run = null;
    for (int i = 0; i < 2; i++) { // round robin begins anywhere
      run = call("-v", "http://shop.internal/half");
      assertEquals("blue", run.out());
      if (run.err().contains("* try 2 at ")) {
        break;
      }
    }
    String err = run.err();
    assertTrue(err.startsWith("> GET http://shop.internal/half\n"), err);
    assertTrue(err.contains("< 200\n< X-Name: blue\n"), err);
    assertTrue(
        err.matches(
            "(?s).*\\* try \\d at 127\\.0\\.0\\.1:"
                + blue.port()
                + ", [0-9.]+ ms after the call began: 200 in [0-9.]+ ms\n.*"),
        err);
    assertTrue(
        err.matches(
            "(?s).*\\* ended after [0-9.]+ ms: virtual_host=shop route=- cluster=half .*\n"),
        err);
  }

  @Test
  void whyATryIsRetriedIsTold() throws IOException {
    CommandRun run =
        call(
            "-v",
            "-H",
            "x-envoy-retry-on: 5xx",
            "-H",
            "x-envoy-max-retries: 1",
            "http://shop.internal/500");

    assertEquals(
        List.of("retried", ""),
        run.err()
            .lines()
            .filter(line -> line.startsWith("* try "))
            .map(line -> line.replaceAll(".*: 500 in [0-9.,]+ ms(; (\\w+).*)?", "$2"))
            .toList(),
        run::err);
    assertEquals(0, run.status(), "the endpoint's own answer came");
    assertTrue(run.err().contains(" flags=URX "), run::err);
  }

  @Test
  void aCallThatGetsNoAnswerEndsWithOne() throws IOException {
    CommandRun run = call("-v", "http://shop.internal/nobody");
    assertEquals(1, run.status(), run::toString);
    assertTrue(run.out().startsWith("upstream connect error"), run::out);
    assertTrue(run.err().contains("remote connection failure in "), run::err);

    run = call("http://shop.internal/cut");
    assertEquals(1, run.status(), run::toString);
    assertEquals("what came", run.out());
    assertTrue(run.err().startsWith("mesh call: "), run::err);

    run = call("--max-time", "0.2", "http://shop.internal/silent");
    assertEquals(1, run.status(), run::toString);
    assertEquals("mesh call: timeout\n", run.err());
  }

  @Test
  void jsonIsTheAnswerOfALine() throws IOException {
    Node answer = call("--json", "http://shop.internal/").json();

    assertEquals(List.of(), JsonSchema.faults("call-answer.schema.json", answer));
    assertEquals("blue", answer.required("body").text());
  }

  @Test
  void repeatShowsTheSplit() throws IOException {
    CommandRun run = call("--repeat", "200", "--concurrency", "8", "http://shop.internal/split");

    assertEquals(0, run.status(), run::toString);
    assertEquals("", run.err(), "so few calls need no progress");
    assertTrue(run.out().startsWith("200 calls in "), run::out);
    assertTrue(run.out().contains(" 8 at a time; 0 failed\n200 tries, 1.00 for each"), run::out);
    assertTrue(run.out().matches("(?s).*\ncluster  blue  +\\d+ +[0-9.]+ %\n.*"), run::out);
    assertTrue(run.out().matches("(?s).*\nstatus   200 +200 100.00 %\n.*"), run::out);
    assertTrue(run.out().matches("(?s).*\nlatency  p50 .*, p90 .*, p99 .*, max .*\n"), run::out);
    assertEquals(200, seen.size());
  }

  @Test
  void whatRepeatFindsAddsUp() throws IOException {
    CommandRun run = call("--repeat", "50", "--json", "http://shop.internal/split");
    Node found = run.json();
    assertEquals(50, sum(found.required("clusters")));
    assertEquals(50, sum(found.required("endpoints")));
    assertEquals(50, found.required("attempts").integer(0, 99));
    assertEquals(50, found.required("statuses").required("200").integer(0, 99));

    run = call("--repeat", "3", "--json", "http://shop.internal/nobody");
    assertEquals(1, run.status(), run::toString);
    assertEquals(3, run.json().required("failed").integer(0, 9));
    assertEquals(3, run.json().required("flags").required("UF").integer(0, 9));
  }

  private static long sum(Node counts) {
    return counts.fields().values().stream().mapToLong(each -> each.integer(0, 1_000)).sum();
  }

  private List<Node> answers(List<String> requests, String... more) throws IOException {
    List<String> args = new ArrayList<>(List.of("--requests", requests(requests)));
    args.addAll(List.of(more));
    CommandRun run = call(args.toArray(String[]::new));
    assertEquals(0, run.status(), run::toString);
    assertEquals("", run.err());
    List<Node> answers =
        run.out().lines().map(line -> Documents.parse("answer.json", line)).toList();
    for (Node each : answers) {
      assertEquals(List.of(), JsonSchema.faults("call-answer.schema.json", each));
    }
    assertEquals(requests.size(), answers.size());
    return answers;
  }

  private String requests(List<String> lines) throws IOException {
    for (String each : lines) {
      assertEquals(
          List.of(),
          JsonSchema.faults("call-request.schema.json", Documents.parse("request.json", each)));
    }
    return Files.writeString(directory.resolve("requests.jsonl"), String.join("\n", lines) + "\n")
        .toString();
  }

  private static String line(String path, String... more) {
    return "{\"authority\":\"shop.internal\",\"path\":\""
        + path
        + "\""
        + String.join("", List.of(more))
        + "}";
  }

  @Test
  void answersComeInTheOrderOfTheFileHoweverLongEachTakes() throws IOException {
    List<Node> answers =
        answers(
            List.of(line("/last"), line("/early"), line("/early"), line("/early")),
            "--concurrency",
            "4");

    assertEquals(
        List.of("last", "early", "early", "early"),
        answers.stream().map(each -> each.required("body").text()).toList());
  }

  @Test
  void aFailedCallIsALineLikeAnyOther() throws IOException {
    List<Node> answers =
        answers(
            List.of(
                line("/nobody"),
                line("/cut"),
                line("/binary"),
                line("/", ",\"method\":\"POST\",\"body\":\"grün\",\"headers\":[[\"X-A\",\"1\"]]"),
                "{\"authority\":\"else.where\",\"path\":\"/\"}"));

    assertEquals(Map.of("status", 503L, "flags", "UF"), facts(answers.get(0)));
    Node tried = answers.get(0).list("attempts").get(0);
    assertEquals("127.0.0.1:" + nobody, tried.required("endpoint").text());
    assertEquals("remote connection failure", tried.required("reset").text());
    assertEquals(200L, facts(answers.get(1)).get("status"));
    assertEquals("what came", answers.get(1).required("body").text());
    assertEquals("UPE", answers.get(1).required("flags").text(), "as in Envoy");
    assertEquals(
        Base64.getEncoder().encodeToString(BINARY), answers.get(2).required("body_base64").text());
    assertEquals(Map.of("status", 200L, "flags", ""), facts(answers.get(3)));
    assertEquals(
        List.of("X-Name", "blue"),
        answers.get(3).list("headers").get(0).items().stream().map(Node::text).toList());
    assertEquals(200L, answers.get(3).list("attempts").get(0).required("status").plain());
    assertEquals(Map.of("status", 404L, "flags", "NR"), facts(answers.get(4)));
    assertTrue(seen.stream().anyMatch(each -> each.body().equals("grün")), "the body was sent");
  }

  private static Map<String, Object> facts(Node answer) {
    return Map.of(
        "status", answer.required("status").plain(), "flags", answer.required("flags").text());
  }

  @Test
  void noResponseIsStatusZero() throws IOException {
    Node answer = answers(List.of(line("/silent")), "--max-time", "0.2").get(0);

    assertEquals(0L, answer.required("status").plain());
    assertEquals("", answer.required("body").text());
  }

  @Test
  void aLineDecidesByItsRandomNumberAndWhetherItsCallerIsTrusted() throws IOException {
    String steered = ",\"headers\":[[\"x-envoy-max-retries\",\"1\"]]";
    List<Node> answers =
        answers(
            List.of(
                line("/split", ",\"random\":0"),
                line("/split", ",\"random\":1"),
                line("/split", ",\"random\":18446744073709551615"),
                line("/steered", steered),
                line("/steered", steered, ",\"internal\":false")));

    assertEquals(
        List.of("blue", "green", "green", "green", "blue"),
        answers.stream().map(each -> each.required("body").text()).toList());
    assertEquals("green", call("--random", "1", "http://shop.internal/split").out());
  }

  @ParameterizedTest(name = "{1}")
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "{\"path\":\"/\"}                                        | authority: is missing",
        "{\"authority\":\"a\",\"path\":\"/\",\"bdy\":\"\"}       | bdy: is no field of a request;"
            + " the nearest is \"body\"",
        "{\"authority\":\"a\",\"path\":\"/\",\"body\":7}         | body: is 7; right would be",
        "{\"authority\":\"a\",\"path\":\"x\"}                    | path is \"x\"; right would be a"
            + " path that begins with /",
        "{\"authority\":\"a\",\"path\":\"/\",\"body\":\"b\"}     | body is given, and a GET has"
            + " none",
        "[]                                                      | is a list; right would be",
      })
  void aBadLineEndsTheRunOnceThoseBeforeAreAnswered(String line, String message)
      throws IOException {
    Path file =
        Files.writeString(
            directory.resolve("bad.jsonl"), line("/") + "\n\n" + line + "\n" + line("/") + "\n");

    CommandRun run = call("--requests", file.toString());

    assertEquals(2, run.status(), run::toString);
    assertEquals(1, run.out().lines().count(), run::out);
    assertTrue(run.err().startsWith("mesh call: " + file + ":3: " + message), run::err);
  }

  @Test
  void whatCannotBeCalledIsRefused() throws IOException {
    Path routes =
        Files.writeString(
            directory.resolve("routes.yaml"),
            "virtual_hosts: [{name: a, domains: ['*'], routes: [{match: {prefix: /}, route:"
                + " {cluster: c}}]}]");
    CommandRun run = run("call", "--config", routes.toString(), "http://a/");
    assertEquals(2, run.status(), run::toString);
    assertTrue(
        run.err()
            .startsWith("mesh call: " + routes + ": has no clusters, so that there is nowhere"),
        run::err);

    run = run("call", "--config", bootstrap("one", "two").toString(), "http://a/");
    assertEquals(2, run.status(), run::toString);
    assertTrue(run.err().contains("right would be --listener with one of one, two"), run::err);
    assertEquals(
        "blue",
        run(
                "call",
                "--config",
                bootstrap("one", "two").toString(),
                "--listener",
                "two",
                "http://shop.internal/")
            .out());

    assertEquals(2, call("http://shop.internal/", "--repeat", "0").status());
    assertEquals(2, call("--repeat", "2").status());
    assertEquals(2, call("-X", "GET", "-d", "x", "http://shop.internal/").status());
  }

  @Test
  void resourcesBesideEachOtherAreAConfiguration() throws IOException {
    String type = "type.googleapis.com/envoy.config.";
    Path file =
        Files.writeString(
            directory.resolve("resources.yaml"),
            "- {'@type': "
                + type
                + "route.v3.RouteConfiguration, name: r, virtual_hosts: [{name: a, domains: ['*'],"
                + " routes: [{match: {prefix: /}, route: {cluster: green}}]}]}\n"
                + cluster("green", green.port())
                    .strip()
                    .replace(
                        "{name: green", "{'@type': " + type + "cluster.v3.Cluster, name: green")
                + "\n");

    CommandRun run = run("call", "--config", file.toString(), "http://any.where:77/");

    assertEquals(new CommandRun(0, "green", ""), run);
  }

  @Test
  void documentsOfAppMeshAreAConfiguration() throws IOException {
    documents(directory.resolve("apps"));

    CommandRun run =
        run(
            "call",
            "--config",
            directory.resolve("apps").toString(),
            "--node",
            "mesh/m/virtualNode/caller",
            "http://shop.internal:9000/");

    assertEquals(new CommandRun(0, "blue", ""), run);
  }

  private void documents(Path apps) throws IOException {
    Files.createDirectory(apps);
    write(apps, "mesh", "{'meshName':'m'}");
    write(
        apps,
        "caller",
        "{'meshName':'m','virtualNodeName':'caller','spec':{'backends':[{'virtualService':"
            + "{'virtualServiceName':'shop.internal'}}]}}");
    write(
        apps,
        "node",
        "{'meshName':'m','virtualNodeName':'shop','spec':{'listeners':[{'portMapping':{'port':"
            + blue.port()
            + ",'protocol':'http'}}],'serviceDiscovery':{'dns':{'hostname':'127.0.0.1'}}}}");
    write(
        apps,
        "router",
        "{'meshName':'m','virtualRouterName':'shop','spec':{'listeners':[{'portMapping':"
            + "{'port':9000,'protocol':'http'}}]}}");
    write(
        apps,
        "route",
        "{'meshName':'m','virtualRouterName':'shop','routeName':'all','spec':{'httpRoute':"
            + "{'match':{'prefix':'/'},'action':{'weightedTargets':[{'virtualNode':'shop',"
            + "'weight':1}]}}}}");
    write(
        apps,
        "service",
        "{'meshName':'m','virtualServiceName':'shop.internal','spec':{'provider':"
            + "{'virtualRouter':{'virtualRouterName':'shop'}}}}");
  }

  private static void write(Path apps, String name, String document) throws IOException {
    Files.writeString(apps.resolve("create-" + name + ".json"), document.replace('\'', '"'));
  }

  @Test
  void aControlPlaneIsFollowed() throws Exception {
    documents(directory.resolve("apps"));
    ServeSettings settings =
        new ServeSettings(directory.resolve("apps"), "127.0.0.1", 0, Optional.empty(), 20_000);
    try (ControlPlane served = ControlPlane.start(settings, event -> {})) {
      Path yaml =
          Files.writeString(
              directory.resolve("mesh.yaml"),
              "node: {id: mesh/m/virtualNode/caller}\ncontrol_plane: {address: '127.0.0.1:"
                  + served.port()
                  + "'}\ncloud_map: {enabled: false}\n");

      CommandRun run = run("call", "--config", yaml.toString(), "http://shop.internal:9000/");

      assertEquals(new CommandRun(0, "blue", ""), run);
      assertFalse(seen.isEmpty());
    }
  }
}
