package dev.proxyless.mesh.controlplane.differential;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.proxyless.mesh.controlplane.differential.Comparison.Outcome;
import dev.proxyless.mesh.controlplane.differential.Comparison.Side;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Random route tables and requests: real Envoy forwards them, this library explains them, and the
 * two say the same.
 *
 * <p>{@code -Dinterop.tables=N} tries so many tables, {@code -Dinterop.requests=N} sends each so
 * many requests, {@code -Dinterop.seed=N} tries the tables of the seeds from there on, {@code
 * -Dinterop.features=HEADERS,REDIRECT} those features alone.
 */
@Tag("interop")
class EnvoyDifferentialTest {

  private static final int TABLES = Integer.getInteger("interop.tables", 20);
  private static final int REQUESTS = Integer.getInteger("interop.requests", 500);
  private static final int SHOWN = Integer.getInteger("interop.shown", 3);
  private static final String FEATURES = System.getProperty("interop.features", "");
  private static final Duration SHRINKING = Duration.ofSeconds(60);

  @TempDir Path directory;

  @Test
  void routesDecideAsInEnvoy() throws Exception {
    List<Drawn> drawn = seeds().stream().map(Drawn::new).toList();
    Map<String, Found> found = new LinkedHashMap<>();
    int refused = 0;
    int compared = 0;
    try (Comparison comparison = new Comparison(directory)) {
      List<Side> sides = comparison.serve(drawn.stream().map(each -> each.table).toList());
      for (int i = 0; i < sides.size(); i++) {
        if (sides.get(i).isRefused()) {
          refused++;
          continue;
        }
        compared += REQUESTS;
        for (Outcome outcome : sides.get(i).compare(drawn.get(i).requests)) {
          if (outcome.differs()) {
            long seed = drawn.get(i).seed;
            found.computeIfAbsent(outcome.kind(), kind -> new Found(seed, outcome)).count++;
          }
        }
      }
      StringBuilder report = new StringBuilder();
      found.forEach(
          (kind, each) -> report.append('\n').append(each.count).append(" x ").append(kind));
      for (Found each : found.values().stream().limit(SHOWN).toList()) {
        Shrinker shrinker = new Shrinker(comparison, SHRINKING);
        report.append("\nseed ").append(each.seed).append(": ");
        report.append(shrinker.shrink(each.outcome));
      }
      assertEquals(0, found.size(), () -> "kinds of differences from Envoy:" + report);
    }
    assertTrue(refused <= drawn.size() / 4, refused + " of the tables are refused by both");
    assertTrue(compared >= REQUESTS, "nothing was compared");
  }

  /** The first difference of a kind, and how many there are. */
  private static final class Found {
    private final long seed;
    private final Outcome outcome;
    private int count;

    Found(long seed, Outcome outcome) {
      this.seed = seed;
      this.outcome = outcome;
    }
  }

  /** Fixed ones, so that a build does not fail by luck alone, and one that is new each time. */
  private static List<Long> seeds() {
    Long first = Long.getLong("interop.seed");
    if (first != null) {
      return LongStream.range(first, first + TABLES).boxed().toList();
    }
    List<Long> seeds = new ArrayList<>(LongStream.range(1, TABLES).boxed().toList());
    seeds.add(new Random().nextLong());
    return seeds;
  }

  /** A table and its requests. */
  private static final class Drawn {
    private final long seed;
    private final Table table;
    private final List<WireRequest> requests;

    Drawn(long seed) {
      this.seed = seed;
      Draw draw = new Draw(seed);
      Set<Feature> features = Feature.draw(draw, FEATURES);
      table = new TableDraw(draw, features).draw();
      WireRequestDraw one = new WireRequestDraw(draw, features, table.trustsAHop());
      requests = draw.list(REQUESTS, REQUESTS, one::draw);
    }
  }
}
