package dev.proxyless.mesh.controlplane.differential;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.proxyless.mesh.controlplane.CommandRun;
import dev.proxyless.mesh.controlplane.Envoy;
import dev.proxyless.mesh.document.Documents;
import dev.proxyless.mesh.document.Json;
import dev.proxyless.mesh.document.Node;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The calls of {@code scenarios.yaml} through real Envoy and by {@code mesh call --requests}, with
 * the same file of configuration: as many tries, and the same line.
 *
 * <p>{@code -Dinterop.case=TEXT} makes the calls alone whose name has the text in it.
 */
@Tag("interop")
class EnvoyScenariosTest {

  private static final int AT_A_TIME = 16;
  private static final int LEAST = 200;
  private static final String CASE = System.getProperty("interop.case", "");

  /** What a proxy adds, and what belongs to a connection: {@code docs/differences.md}. */
  private static final Set<String> LEFT_OUT =
      Set.of(
          "server",
          "date",
          "x-envoy-upstream-service-time",
          "connection",
          "keep-alive",
          "transfer-encoding");

  private final Map<Scenario, ScenarioServer> servers = new LinkedHashMap<>();
  private final AtomicInteger calls = new AtomicInteger();
  @TempDir Path directory;
  private Path log;
  private Path config;
  private int port;

  @BeforeEach
  void serve() throws IOException {
    for (Scenario each : Scenario.all()) {
      servers.put(each, new ScenarioServer(each));
    }
    assertTrue(servers.size() >= LEAST, servers.size() + " scenarios");
    try (ServerSocket free = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      port = free.getLocalPort();
    }
    log = directory.resolve("access.log");
    List<Object> routes = new ArrayList<>();
    List<Object> clusters = new ArrayList<>();
    servers.forEach(
        (scenario, server) -> {
          routes.add(scenario.route());
          clusters.add(scenario.cluster(server.port()));
        });
    config =
        Files.writeString(
            directory.resolve("config.json"), GridConfig.bootstrap(routes, clusters, port, log));
  }

  @AfterEach
  void stop() throws IOException {
    for (ScenarioServer each : servers.values()) {
      each.close();
    }
  }

  @Test
  void aLineOfMeshCallSaysWhatEnvoyDoes() throws Exception {
    Map<Scenario, Map<String, String>> differing = new LinkedHashMap<>();
    try (Envoy envoy =
        new Envoy(directory, Files.readString(config), "--file-flush-interval-msec", "5")) {
      List<Scenario> scenarios =
          servers.keySet().stream().filter(each -> each.name().contains(CASE)).toList();
      List<Map<String, String>> envoys = byEnvoy(scenarios);
      List<Map<String, String>> ours = byMeshCall(scenarios);
      for (int i = 0; i < scenarios.size(); i++) {
        differing.put(scenarios.get(i), differences(envoys.get(i), ours.get(i)));
      }
      assertTrue(envoy.admin("/ready").startsWith("LIVE"), envoy::log);
    }
    StringBuilder wrong = new StringBuilder();
    String documented =
        Files.readString(Path.of(System.getProperty("project.root"), "docs", "differences.md"));
    differing.forEach(
        (scenario, found) -> {
          if (scenario.difference().isEmpty()) {
            found.forEach((field, values) -> wrong.append("\n" + scenario + ": " + values));
          } else {
            if (found.isEmpty()) {
              wrong.append("\n" + scenario + ": there is no difference any more");
            }
            if (!documented.contains(scenario.difference())) {
              wrong.append("\n" + scenario + ": not in docs/differences.md");
            }
          }
        });
    assertEquals("", wrong.toString(), servers.size() + " scenarios");
  }

  private static Map<String, String> differences(
      Map<String, String> envoys, Map<String, String> ours) {
    Map<String, String> differences = new LinkedHashMap<>();
    envoys.forEach(
        (field, value) -> {
          if (!value.equals(ours.get(field))) {
            differences.put(field, field + ": Envoy " + value + " | here " + ours.get(field));
          }
        });
    return differences;
  }

  private List<Map<String, String>> byEnvoy(List<Scenario> scenarios) throws Exception {
    servers.values().forEach(ScenarioServer::forget);
    ExecutorService threads = Executors.newFixedThreadPool(AT_A_TIME);
    List<EnvoyWire> wires = new ArrayList<>();
    try {
      List<Future<EnvoyWire>> sent = new ArrayList<>();
      for (Scenario each : scenarios) {
        sent.add(threads.submit(() -> send(each)));
      }
      for (Future<EnvoyWire> each : sent) {
        wires.add(each.get());
      }
    } finally {
      threads.shutdownNow();
    }
    Map<String, EnvoyWire.Logged> lines = EnvoyWire.logged(log, wires);
    List<Map<String, String>> answers = new ArrayList<>();
    for (int i = 0; i < wires.size(); i++) {
      EnvoyWire wire = wires.get(i);
      String flags = lines.get(wire.id()).flags();
      List<List<String>> headers =
          wire.headers().stream().map(each -> List.of(each.getKey(), each.getValue())).toList();
      answers.add(
          answer(
              scenarios.get(i),
              wire.status(),
              headers,
              new String(wire.body().getBytes(StandardCharsets.ISO_8859_1), StandardCharsets.UTF_8),
              flags.equals("-") ? "" : flags));
    }
    return answers;
  }

  private EnvoyWire send(Scenario scenario) throws IOException {
    String id = "e" + calls.incrementAndGet();
    StringBuilder request = new StringBuilder(scenario.method());
    request.append(' ').append(scenario.path()).append(" HTTP/1.1\r\nhost: grid\r\n");
    request.append("connection: close\r\n").append(GridBackend.ID).append(": ").append(id);
    request.append("\r\n");
    scenario.headers().forEach(line -> request.append(line.get(0) + ": " + line.get(1) + "\r\n"));
    String body = scenario.body();
    if (!body.isEmpty()) {
      request.append("content-length: ").append(body.length()).append("\r\n");
    }
    return EnvoyWire.send(port, id, request.append("\r\n").append(body).toString());
  }

  private List<Map<String, String>> byMeshCall(List<Scenario> scenarios) throws IOException {
    servers.values().forEach(ScenarioServer::forget);
    StringBuilder lines = new StringBuilder();
    for (Scenario each : scenarios) {
      lines
          .append(
              Json.line(
                  Trees.map(
                      "method", each.method(),
                      "authority", "grid",
                      "path", each.path(),
                      "headers", each.headers(),
                      "body", each.body().isEmpty() ? null : each.body())))
          .append('\n');
    }
    Path requests = Files.writeString(directory.resolve("requests.jsonl"), lines);
    CommandRun run =
        CommandRun.of(
            "call",
            "--config",
            config.toString(),
            "--requests",
            requests.toString(),
            "--concurrency",
            String.valueOf(AT_A_TIME));
    assertEquals(0, run.status(), run.err());
    List<String> answered = run.out().lines().toList();
    assertEquals(scenarios.size(), answered.size(), run.err());
    List<Map<String, String>> answers = new ArrayList<>();
    for (int i = 0; i < answered.size(); i++) {
      answers.add(answer(scenarios.get(i), Documents.parseJsonLine("answers", i, answered.get(i))));
    }
    return answers;
  }

  private Map<String, String> answer(Scenario scenario, Node line) {
    List<List<String>> headers =
        line.list("headers").stream()
            .map(
                pair ->
                    List.of(
                        pair.items().get(0).text().toLowerCase(Locale.ROOT),
                        pair.items().get(1).text()))
            .toList();
    String body =
        line.find("body")
            .map(Node::text)
            .orElseGet(
                () ->
                    new String(
                        Base64.getDecoder().decode(line.required("body_base64").text()),
                        StandardCharsets.ISO_8859_1));
    Map<String, String> answer =
        answer(
            scenario,
            (int) line.required("status").integer(0, 999),
            headers,
            body,
            line.required("flags").text());
    answer.put("attempts", String.valueOf(line.list("attempts").size()));
    return answer;
  }

  private Map<String, String> answer(
      Scenario scenario, int status, List<List<String>> headers, String body, String flags) {
    List<String> shown = new ArrayList<>();
    for (List<String> line : headers) {
      // Envoy's HTTP/1 says of an empty local reply how long it is
      if (!LEFT_OUT.contains(line.get(0)) && !line.equals(List.of("content-length", "0"))) {
        shown.add(line.get(0) + ": " + line.get(1));
      }
    }
    Map<String, String> answer = new LinkedHashMap<>();
    String tries = String.valueOf(servers.get(scenario).tries());
    answer.put("tries", tries);
    if (!scenario.entry().containsKey("cluster")) {
      answer.put("attempts", tries); // what comes in is what is told of
    }
    answer.put("status", String.valueOf(status));
    answer.put("headers", String.join(" / ", shown));
    answer.put("body", body);
    answer.put("flags", flags);
    return answer;
  }
}
