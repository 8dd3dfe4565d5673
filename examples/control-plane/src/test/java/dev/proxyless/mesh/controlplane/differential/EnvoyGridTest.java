package dev.proxyless.mesh.controlplane.differential;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.proxyless.mesh.Bootstrap;
import dev.proxyless.mesh.Bootstrap.CloudMap;
import dev.proxyless.mesh.Bootstrap.RetryThrottle;
import dev.proxyless.mesh.Bootstrap.XdsFileSource;
import dev.proxyless.mesh.Mesh;
import dev.proxyless.mesh.controlplane.Envoy;
import dev.proxyless.mesh.testing.Await;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The same calls through real Envoy and through this library, by the same file of configuration, to
 * the same backend: as many tries, the same answer.
 *
 * <p>{@code -Dinterop.grid=all} sends every kind of request in every case, {@code
 * -Dinterop.case=TEXT} makes the calls alone whose case has the text in it, and {@code
 * -Dinterop.seed=N} mixes them as a run that told its seed did.
 */
@Tag("interop")
class EnvoyGridTest {

  private static final int AT_A_TIME = 64;
  private static final int AGAIN_AT_A_TIME = 8;
  private static final int ROUNDS = 4;
  private static final int SHOWN = 3;
  private static final int LEAST = 500;
  private static final boolean EVERY_KIND = "all".equals(System.getProperty("interop.grid"));
  private static final String CASE = System.getProperty("interop.case", "");

  @TempDir Path directory;

  @Test
  void callsGoAsThroughEnvoy() throws Exception {
    long seed = Long.getLong("interop.seed", new Random().nextLong());
    List<GridCase> all = GridCase.all(EVERY_KIND);
    assertTrue(all.size() >= LEAST, all.size() + " cases");
    List<GridCase> cases = new ArrayList<>(all);
    cases.removeIf(each -> !each.toString().contains(CASE));
    Collections.shuffle(cases, new Random(seed)); // slow ones are spread out
    Report report = new Report();
    int port = freePort();
    int refused = freePort();
    Path log = directory.resolve("access.log");
    try (GridBackend backend = new GridBackend()) {
      String bootstrap = GridConfig.bootstrap(all, port, backend.port(), refused, log);
      Path file = Files.writeString(directory.resolve("grid.json"), bootstrap);
      try (Envoy envoy = new Envoy(directory, bootstrap, "--file-flush-interval-msec", "5");
          Mesh mesh = mesh(file)) {
        assertTrue(mesh.awaitReady(Await.LIMIT), envoy::log);
        GridCalls calls = new GridCalls(port, mesh, backend, log);
        run(GridCase.warmUp(), AT_A_TIME, calls::byMesh);
        compare(cases, calls, report);
      }
    }
    if (CASE.isEmpty()) {
      assertEquals(Set.of(), report.unseen(), "differences that are known and were not found");
    }
    assertEquals("", report.toString(), "seed " + seed + ", " + cases.size() + " cases");
  }

  /**
   * A difference counts that is found each time: the machine may be so busy that a time-out fires
   * which should not, but hardly so in the same case again, with few others beside it.
   */
  private static void compare(List<GridCase> cases, GridCalls calls, Report report)
      throws Exception {
    List<GridCase> left = cases;
    Map<GridCase, Map<String, String>> unknown = Map.of();
    for (int round = 0; round < ROUNDS && !left.isEmpty(); round++) {
      int atATime = round == 0 ? AT_A_TIME : AGAIN_AT_A_TIME;
      List<GridAnswer> ours = run(left, atATime, calls::byMesh);
      List<GridAnswer> envoys = calls.logged(run(left, atATime, calls::byEnvoy));
      unknown = new LinkedHashMap<>();
      for (int i = 0; i < left.size(); i++) {
        Map<String, String> differences = envoys.get(i).differences(ours.get(i));
        Map<String, String> rest = report.unknown(left.get(i), differences);
        if (!rest.isEmpty()) {
          unknown.put(left.get(i), rest);
        }
      }
      left = List.copyOf(unknown.keySet());
    }
    unknown.forEach(report::add);
  }

  private static int freePort() throws IOException {
    try (ServerSocket free = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return free.getLocalPort();
    }
  }

  private static Mesh mesh(Path file) {
    return Mesh.builder()
        .bootstrap(
            Bootstrap.builder()
                .nodeId("grid")
                .xdsFile(new XdsFileSource(file, Optional.of("grid")))
                .cloudMap(CloudMap.OFF)
                .retryThrottle(RetryThrottle.OFF)
                .build())
        .build();
  }

  /** Makes a call. */
  private interface Calling<T> {
    T make(GridCase one) throws Exception;
  }

  private static <T> List<T> run(List<GridCase> cases, int atATime, Calling<T> calling)
      throws Exception {
    ExecutorService threads = Executors.newFixedThreadPool(atATime);
    try {
      List<Future<T>> results = new ArrayList<>();
      for (GridCase each : cases) {
        results.add(threads.submit(() -> calling.make(each)));
      }
      List<T> all = new ArrayList<>();
      for (Future<T> each : results) {
        all.add(each.get());
      }
      return all;
    } finally {
      threads.shutdownNow();
    }
  }

  /** The differences that nobody knew, by their kind. */
  private static final class Report {
    private final Map<String, List<GridCase>> found = new TreeMap<>();
    private final Set<String> unseen = new TreeSet<>(GridDifferences.names());

    /** Those of a case's differences that are not known. */
    Map<String, String> unknown(GridCase one, Map<String, String> differences) {
      Map<String, String> unknown = new LinkedHashMap<>();
      differences.forEach(
          (field, values) ->
              GridDifferences.known(one, field, values)
                  .ifPresentOrElse(unseen::remove, () -> unknown.put(field, values)));
      return unknown;
    }

    void add(GridCase one, Map<String, String> unknown) {
      unknown.forEach(
          (field, values) ->
              found.computeIfAbsent(field + ": " + values, each -> new ArrayList<>()).add(one));
    }

    /** Known differences that were not found. */
    Set<String> unseen() {
      return unseen;
    }

    @Override
    public String toString() {
      StringBuilder text = new StringBuilder();
      found.forEach(
          (kind, cases) -> {
            text.append('\n').append(cases.size()).append(" x ").append(kind);
            cases.stream().limit(SHOWN).forEach(each -> text.append("\n      ").append(each));
          });
      return text.toString();
    }
  }
}
