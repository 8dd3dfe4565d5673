package dev.proxyless.mesh;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.proxyless.mesh.Bootstrap.CloudMap;
import dev.proxyless.mesh.Bootstrap.ControlPlane;
import dev.proxyless.mesh.Bootstrap.ControlPlaneTls;
import dev.proxyless.mesh.call.Attempt;
import dev.proxyless.mesh.call.CallContext;
import dev.proxyless.mesh.call.Decision;
import dev.proxyless.mesh.call.MeshCall;
import dev.proxyless.mesh.call.MeshClosedException;
import dev.proxyless.mesh.call.Step;
import dev.proxyless.mesh.telemetry.MeshListener;
import dev.proxyless.mesh.testing.FakeCloudMap;
import dev.proxyless.mesh.testing.FakeRequest;
import dev.proxyless.mesh.testing.OwnThreads;
import dev.proxyless.mesh.testing.TestControlPlane;
import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** From a mesh's building to its end, and what is left then: nothing. */
class MeshLifecycleTest {

  private static final Duration LONG = Duration.ofSeconds(20);

  @TempDir Path directory;

  private final List<AutoCloseable> toClose = new ArrayList<>();

  @AfterEach
  void end() throws Exception {
    for (AutoCloseable each : toClose) {
      each.close();
    }
  }

  private <T extends AutoCloseable> T closing(T each) {
    toClose.add(0, each);
    return each;
  }

  private Bootstrap.Builder documents(String name, String service, String discovery)
      throws IOException {
    Path documents = Files.createDirectories(directory.resolve(name));
    Files.writeString(documents.resolve("a.json"), "{\"meshName\": \"m\"}");
    Files.writeString(
        documents.resolve("b.json"),
        """
        {"meshName": "m", "virtualNodeName": "server", "spec": {
          "listeners": [{"portMapping": {"port": 8000, "protocol": "http"},
            "outlierDetection": {"maxServerErrors": 5, "maxEjectionPercent": 50,
              "interval": {"value": 1, "unit": "s"},
              "baseEjectionDuration": {"value": 5, "unit": "s"}}}],
          "serviceDiscovery": %s}}
        """
            .formatted(discovery));
    Files.writeString(
        documents.resolve("c.json"),
        """
        {"meshName": "m", "virtualServiceName": "%s",
          "spec": {"provider": {"virtualNode": {"virtualNodeName": "server"}}}}
        """
            .formatted(service));
    Files.writeString(
        documents.resolve("d.json"),
        """
        {"meshName": "m", "virtualNodeName": "client",
          "spec": {"backends": [{"virtualService": {"virtualServiceName": "%s"}}]}}
        """
            .formatted(service));
    return Bootstrap.builder()
        .nodeId("mesh/m/virtualNode/client")
        .appMeshDirectory(documents)
        .cloudMap(CloudMap.OFF);
  }

  private Bootstrap.Builder documents() throws IOException {
    return documents("apps", "s.local", dns("127.0.0.1"));
  }

  private static String dns(String host) {
    return "{\"dns\": {\"hostname\": \"" + host + "\"}}";
  }

  private static Mesh ready(Bootstrap.Builder bootstrap) throws InterruptedException {
    Mesh mesh = Mesh.builder().bootstrap(bootstrap.build()).build();
    assertTrue(mesh.awaitReady(LONG));
    return mesh;
  }

  private static Decision begin(Mesh mesh, String host) throws Exception {
    return mesh.calls().begin(FakeRequest.get("http://" + host + ":8000/"), true, CallContext.NONE);
  }

  private static MeshCall call(Mesh mesh) throws Exception {
    return assertInstanceOf(Decision.Forward.class, begin(mesh, "s.local")).call();
  }

  private static Attempt attempt(MeshCall call) {
    return assertInstanceOf(Step.Try.class, call.next()).attempt();
  }

  private static <T> FutureTask<T> inBackground(Callable<T> task) {
    FutureTask<T> future = new FutureTask<>(task);
    Thread thread = new Thread(future, "background");
    thread.setDaemon(true);
    thread.start();
    return future;
  }

  private static void await(String what, BooleanSupplier condition) throws InterruptedException {
    long deadline = System.nanoTime() + LONG.toNanos();
    while (!condition.getAsBoolean()) {
      assertTrue(System.nanoTime() < deadline, what);
      TimeUnit.MILLISECONDS.sleep(2);
    }
  }

  @Test
  void twentyMeshesLeaveNoThread() throws Exception {
    FakeCloudMap cloudMap = closing(new FakeCloudMap());
    cloudMap.register("server.m.local", List.of(9001));
    TestControlPlane controlPlane = closing(new TestControlPlane());
    Bootstrap fromCloudMap =
        documents(
                "apps",
                "s.local",
                "{\"awsCloudMap\": {\"namespaceName\": \"m.local\", \"serviceName\": \"server\"}}")
            .cloudMap(
                new CloudMap(
                    true,
                    Optional.of(cloudMap.endpoint()),
                    Optional.of(FakeCloudMap.REGION),
                    Duration.ofMillis(50)))
            .build();
    Bootstrap fromControlPlane =
        Bootstrap.builder().nodeId("a").controlPlane("127.0.0.1", controlPlane.port()).build();

    List<String> left =
        OwnThreads.leftBy(
            () -> {
              for (int i = 0; i < 10; i++) {
                try (Mesh mesh = Mesh.builder().bootstrap(fromCloudMap).build();
                    Mesh other = Mesh.builder().bootstrap(fromControlPlane).build()) {
                  assertTrue(mesh.awaitReady(LONG));
                  MeshCall call = call(mesh);
                  assertEquals("127.0.0.1:9001", attempt(call).endpoint().name());
                  call.cancelled();
                  controlPlane.awaitStream();
                  assertFalse(other.awaitReady(Duration.ZERO));
                }
              }
              return null;
            });

    assertEquals(List.of(), left);
    await("no connection is left", () -> controlPlane.connections() == 0);
    int asked = cloudMap.requests();
    TimeUnit.MILLISECONDS.sleep(200); // four intervals in which nothing may happen
    assertEquals(asked, cloudMap.requests(), "nobody asks Cloud Map any more");
  }

  @Test
  void aMeshThatCannotBeBuiltLeavesNoThread() throws Exception {
    Bootstrap noNode = documents().nodeId("serviceA").build();
    Bootstrap noAuthority =
        Bootstrap.builder()
            .nodeId("a")
            .controlPlane(
                new ControlPlane(
                    "127.0.0.1",
                    1,
                    Optional.of(
                        new ControlPlaneTls(
                            directory.resolve("none.pem"),
                            "",
                            Optional.empty(),
                            Optional.empty()))))
            .build();
    List<Exception> refusals = new ArrayList<>();

    List<String> left =
        OwnThreads.leftBy(
            () -> {
              for (Bootstrap each : List.of(noNode, noAuthority)) {
                Mesh.Builder builder = Mesh.builder().bootstrap(each);
                refusals.add(assertThrows(IllegalArgumentException.class, builder::build));
              }
              return null;
            });

    assertEquals(List.of(), left);
    assertTrue(
        String.valueOf(refusals.get(0).getMessage()).contains("mesh/MESH/virtualNode/NODE"),
        refusals::toString);
    assertTrue(
        String.valueOf(refusals.get(1).getMessage())
            .contains("control_plane.tls cannot be used: " + directory.resolve("none.pem")),
        refusals::toString);
  }

  @Test
  void metersOfOthersStay() throws Exception {
    SimpleMeterRegistry registry = new SimpleMeterRegistry();
    registry.counter("mine").increment();
    Mesh mesh =
        closing(Mesh.builder().bootstrap(documents().build()).meterRegistry(registry).build());
    assertTrue(mesh.awaitReady(LONG));
    assertTrue(registry.getMeters().size() > 3, () -> registry.getMeters().toString());

    mesh.close();

    assertEquals(
        List.of("mine"),
        registry.getMeters().stream().map(Meter::getId).map(Meter.Id::getName).toList());
  }

  @Test
  void aMeshMayBeClosedTwice() throws Exception {
    Mesh mesh = ready(documents());
    mesh.close();
    mesh.close();
    assertThrows(MeshClosedException.class, () -> begin(mesh, "s.local"));
  }

  @Test
  void aCallInFlightEndsBeforeTheMeshDoesAndNewOnesAreRefusedAtOnce() throws Exception {
    Mesh mesh = ready(documents());
    MeshCall call = call(mesh);
    Attempt attempt = attempt(call);

    FutureTask<Boolean> closing =
        inBackground(
            () -> {
              mesh.close();
              return true;
            });
    MeshClosedException refused = awaitRefusal(mesh);
    assertTrue(String.valueOf(refused.getMessage()).contains("the mesh is closed"));
    assertFalse(closing.isDone(), "a call is in flight");

    call.responded(attempt, 200, name -> null);
    call.finished();
    assertTrue(closing.get(5, TimeUnit.SECONDS), "well before the 10 s of the bound");
  }

  /** What a call is told once the mesh has begun to close; calls before that are given up. */
  private static MeshClosedException awaitRefusal(Mesh mesh) throws Exception {
    long deadline = System.nanoTime() + LONG.toNanos();
    while (System.nanoTime() < deadline) {
      try {
        call(mesh).cancelled();
      } catch (MeshClosedException refused) {
        return refused;
      }
    }
    throw new AssertionError("calls are still taken");
  }

  @Test
  void closingWaitsNoLongerThanItsBound() throws Exception {
    Mesh mesh = ready(documents().closeTimeout(Duration.ofMillis(300)));
    MeshCall call = call(mesh);
    attempt(call);
    long begin = System.nanoTime();

    mesh.close();

    long millis = Duration.ofNanos(System.nanoTime() - begin).toMillis();
    assertTrue(millis >= 300 && millis < 5_000, "closed after " + millis + " ms");
    call.cancelled();
  }

  @Test
  void hostsThatTheMeshLetsThroughAreRefusedTooOnceItIsClosed() throws Exception {
    Bootstrap.Builder open = documents();
    Files.writeString(
        directory.resolve("apps/a.json"),
        "{\"meshName\": \"m\", \"spec\": {\"egressFilter\": {\"type\": \"ALLOW_ALL\"}}}");
    Mesh mesh = ready(open);
    assertInstanceOf(Decision.PassThrough.class, begin(mesh, "elsewhere.example"));
    mesh.close();
    assertThrows(MeshClosedException.class, () -> begin(mesh, "elsewhere.example"));
  }

  @Test
  void aCallThatWaitsForConfigurationIsToldOfTheEnd() throws Exception {
    TestControlPlane silent = closing(new TestControlPlane());
    Mesh mesh = closing(waiting(silent, LONG));
    silent.awaitStream();
    CountDownLatch begun = new CountDownLatch(1);
    FutureTask<Decision> waiting =
        inBackground(
            () -> {
              begun.countDown();
              return begin(mesh, "s.local");
            });
    assertTrue(begun.await(5, TimeUnit.SECONDS));

    mesh.close();

    ExecutionException failed =
        assertThrows(ExecutionException.class, () -> waiting.get(5, TimeUnit.SECONDS));
    assertInstanceOf(MeshClosedException.class, failed.getCause());
  }

  private static Mesh waiting(TestControlPlane controlPlane, Duration readyTimeout) {
    return Mesh.builder()
        .bootstrap(
            Bootstrap.builder()
                .nodeId("a")
                .controlPlane("127.0.0.1", controlPlane.port())
                .readyTimeout(readyTimeout)
                .build())
        .build();
  }

  @Test
  void aCallBeforeTheFirstConfigurationWaitsAndThenFailsWithItsFlag() throws Exception {
    TestControlPlane silent = closing(new TestControlPlane());
    Mesh mesh = closing(waiting(silent, Duration.ofMillis(200)));
    assertFalse(mesh.awaitReady(Duration.ofMillis(10)));
    long begin = System.nanoTime();

    Decision.Respond respond = assertInstanceOf(Decision.Respond.class, begin(mesh, "s.local"));

    long millis = Duration.ofNanos(System.nanoTime() - begin).toMillis();
    assertTrue(millis >= 200 && millis < 10_000, "after " + millis + " ms");
    assertEquals(503, respond.reply().status());
    assertEquals("NFCF", respond.reply().info().flags().toString());
    assertTrue(respond.reply().info().explanation().contains("within 200 ms"));
  }

  @Test
  void aCallBeforeTheFirstConfigurationGoesOnWhenItComes() throws Exception {
    Bootstrap.Builder bootstrap = documents("late", "s.local", dns("127.0.0.1"));
    Path node = directory.resolve("late/d.json");
    String text = Files.readString(node);
    Files.delete(node); // without its virtual node the mesh has no configuration
    Mesh mesh = closing(Mesh.builder().bootstrap(bootstrap.readyTimeout(LONG).build()).build());
    FutureTask<Decision> waiting = inBackground(() -> begin(mesh, "s.local"));
    assertFalse(mesh.awaitReady(Duration.ofMillis(50)));
    assertFalse(waiting.isDone());

    Files.writeString(node, text);

    Decision decision = waiting.get(10, TimeUnit.SECONDS);
    assertInstanceOf(Decision.Forward.class, decision).call().cancelled();
    assertTrue(mesh.awaitReady(Duration.ZERO));
  }

  @Test
  void twoMeshesInOneProcessDoNotMeet() throws Exception {
    List<String> heard = new CopyOnWriteArrayList<>();
    Bootstrap first = documents("one", "one.local", dns("127.0.0.1")).build();
    Bootstrap second = documents("two", "two.local", dns("127.0.0.2")).build();
    SimpleMeterRegistry registry = new SimpleMeterRegistry();
    Mesh one = closing(Mesh.builder().bootstrap(first).build());
    Mesh two =
        closing(
            Mesh.builder()
                .bootstrap(second)
                .meterRegistry(registry)
                .listener(
                    new MeshListener() {
                      @Override
                      public void configurationApplied(long generation) {
                        heard.add("two " + generation);
                      }
                    })
                .build());
    assertTrue(one.awaitReady(LONG) && two.awaitReady(LONG));

    assertEquals("127.0.0.1:8000", endpoint(one, "one.local"));
    assertEquals("127.0.0.2:8000", endpoint(two, "two.local"));
    assertInstanceOf(Decision.Respond.class, begin(one, "two.local"));
    assertInstanceOf(Decision.Respond.class, begin(two, "one.local"));
    int meters = registry.getMeters().size();

    one.close();

    assertEquals("127.0.0.2:8000", endpoint(two, "two.local"), "the other goes on");
    assertTrue(registry.getMeters().size() >= meters);
    Files.writeString(
        directory.resolve("two/a.json"),
        "{\"meshName\": \"m\", \"spec\": {\"egressFilter\": {\"type\": \"ALLOW_ALL\"}}}");
    await("it still follows its documents", () -> heard.size() == 2);
  }

  private static String endpoint(Mesh mesh, String host) throws Exception {
    MeshCall call = assertInstanceOf(Decision.Forward.class, begin(mesh, host)).call();
    String name = attempt(call).endpoint().name();
    call.cancelled();
    return name;
  }
}
