package dev.proxyless.mesh.controlplane;

import static dev.proxyless.mesh.controlplane.AdsTestClient.RDS;
import static dev.proxyless.mesh.controlplane.AppsDirectory.SERVICE_A;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.proxyless.mesh.Bootstrap;
import dev.proxyless.mesh.BootstrapReader;
import dev.proxyless.mesh.document.Documents;
import dev.proxyless.mesh.document.Json;
import dev.proxyless.mesh.document.Node;
import dev.proxyless.mesh.testing.Await;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The jar as users run it, in a process of its own. */
class MeshJarTest {

  private static final String JAR = System.getProperty("mesh.jar", "target/mesh.jar");

  @TempDir Path directory;
  private final List<Process> processes = new ArrayList<>();

  @AfterEach
  void end() throws Exception {
    for (Process each : processes) {
      each.destroyForcibly().waitFor();
    }
  }

  @Test
  void theJarRuns() throws Exception {
    Process help = start("--help");
    assertTrue(output(help).contains("Example:"));
    assertEquals(0, help.waitFor());

    Process version = start("--version");
    assertTrue(output(version).matches("mesh \\d+\\.\\d+\\.\\d+.*\\n"));
  }

  @Test
  void aBadDirectoryEndsWithTwoAndSaysSoOnStandardError() throws Exception {
    Process run = start("serve", directory.resolve("nowhere").toString());

    assertEquals("", output(run));
    assertTrue(errors(run).startsWith("mesh serve: "));
    assertEquals(2, run.waitFor());
  }

  @Test
  void callSendsARequestAndWritesItsBodyByteByByte() throws Exception {
    byte[] body = {(byte) 0xc3, (byte) 0x28, 0, 10};
    try (RawBackend backend =
        new RawBackend(
            (request, connection) -> {
              connection.send("HTTP/1.1 200 OK\r\ncontent-length: 4\r\n\r\n");
              connection.send(body);
            })) {
      Path config =
          Files.writeString(
              directory.resolve("resources.yaml"),
              """
              - "@type": type.googleapis.com/envoy.config.route.v3.RouteConfiguration
                name: routes
                virtual_hosts:
                - name: all
                  domains: ["*"]
                  routes: [{match: {prefix: /}, route: {cluster: backend}}]
              - "@type": type.googleapis.com/envoy.config.cluster.v3.Cluster
                name: backend
                type: STATIC
                load_assignment:
                  endpoints:
                  - lb_endpoints: [{endpoint: {address: {socket_address: {address: 127.0.0.1, port_value: %d}}}}]
              """
                  .formatted(backend.port()));
      Process run = start("call", "--config", config.toString(), "http://any.internal/");

      assertArrayEquals(body, run.getInputStream().readAllBytes());
      assertEquals("", errors(run));
      assertEquals(0, run.waitFor());
    }
  }

  @Test
  void serveTellsEventsAsJsonServesAndEndsWhenToldTo() throws Exception {
    AppsDirectory apps = new AppsDirectory(directory);
    Process run = start("serve", directory.toString(), "--port", "0", "--format", "json");
    try (BufferedReader out = run.inputReader(StandardCharsets.UTF_8)) {
      Node started = event(out, "started");
      assertEquals(10, started.required("documents").integer(0, 100));
      assertEquals(1, started.required("resources").required("route").integer(0, 100));
      Node envoy = started.list("nodes").get(0).required("envoy");
      assertEquals("127.0.0.1:28000", envoy.list("listeners").get(0).required("address").text());
      Node yaml = started.list("nodes").get(0).required("library").required("mesh_yaml");
      for (int i = 0; i < 3; i++) {
        assertEquals("note", event(out, "problem").required("severity").text());
      }

      Path meshYaml = Files.writeString(directory.resolve("mesh.txt"), Json.line(yaml.plain()));
      Bootstrap bootstrap = new BootstrapReader(name -> null).read(meshYaml).build();
      assertEquals(SERVICE_A, bootstrap.nodeId());
      int port = bootstrap.controlPlane().orElseThrow().port();
      try (AdsTestClient client = new AdsTestClient(port, SERVICE_A, "proxyless-mesh")) {
        client.subscribe(RDS, "rds_egress_http_8000");
        client.nextAcked(RDS, "rds_egress_http_8000");
        Node connected = event(out, "connected");
        assertEquals(SERVICE_A, connected.required("node").text());
        assertEquals("library", connected.required("client").text());

        apps.split(10, 90);
        Node changed = event(out, "changed").list("nodes").get(0);
        assertEquals(SERVICE_A, changed.required("node").text());
        assertEquals(1, changed.required("clients").integer(0, 10));
      }
      assertEquals(SERVICE_A, event(out, "disconnected").required("node").text());

      apps.replace("update-route.json", "{");
      Node problem = event(out, "problem");
      assertEquals("error", problem.required("severity").text());
      assertEquals(
          directory.resolve("update-route.json").toString(), problem.required("file").text());
      assertEquals(1, problem.required("line").integer(0, 10));

      run.toHandle().destroy(); // SIGTERM; Process.destroy would close its output as well
      event(out, "stopped");
    }
    assertTrue(run.waitFor(Await.LIMIT.toMillis(), TimeUnit.MILLISECONDS));
    assertEquals(0, run.exitValue());
    assertEquals("", errors(run));
  }

  private Process start(String... args) throws IOException {
    assertTrue(Files.exists(Path.of(JAR)), JAR + " is made by mvn package");
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.add("-jar");
    command.add(JAR);
    command.addAll(List.of(args));
    Process process = new ProcessBuilder(command).start();
    processes.add(process);
    return process;
  }

  private static Node event(BufferedReader out, String name) throws IOException {
    String line = out.readLine();
    assertNotNull(line, "an event " + name + " was to come, but the output ended");
    Node event = Documents.parse("an event", line);
    assertEquals(name, event.required("event").text(), line);
    return event;
  }

  private static String output(Process process) throws IOException {
    return new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
  }

  private static String errors(Process process) throws IOException {
    return new String(process.getErrorStream().readAllBytes(), StandardCharsets.UTF_8);
  }
}
