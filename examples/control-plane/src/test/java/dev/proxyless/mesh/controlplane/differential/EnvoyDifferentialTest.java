package dev.proxyless.mesh.controlplane.differential;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.proxyless.mesh.controlplane.differential.Comparison.Outcome;
import dev.proxyless.mesh.controlplane.differential.Comparison.Side;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
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
    List<Long> seeds = seeds();
    List<Outcome> differences = new ArrayList<>();
    List<Long> seedsOfDifferences = new ArrayList<>();
    int compared = 0;
    int refused = 0;
    try (Comparison comparison = new Comparison(directory)) {
      List<Drawn> drawn = seeds.stream().map(Drawn::new).toList();
      List<Side> sides = comparison.serve(drawn.stream().map(each -> each.table).toList());
      for (int i = 0; i < sides.size(); i++) {
        refused += sides.get(i).isRefused() ? 1 : 0;
        compared += sides.get(i).isRefused() ? 0 : REQUESTS;
        Set<String> seen = new HashSet<>();
        for (Outcome outcome : sides.get(i).compare(drawn.get(i).requests)) {
          if (outcome.differs() && outcome.differences().stream().noneMatch(seen::contains)) {
            seen.addAll(outcome.differences());
            differences.add(outcome);
            seedsOfDifferences.add(seeds.get(i));
          }
        }
      }
      StringBuilder report = new StringBuilder();
      for (int i = 0; i < Math.min(SHOWN, differences.size()); i++) {
        report
            .append("\nseed ")
            .append(seedsOfDifferences.get(i))
            .append(": ")
            .append(new Shrinker(comparison, SHRINKING.toMillis()).shrink(differences.get(i)));
      }
      assertEquals(0, differences.size(), () -> "Envoy decides otherwise:" + report);
    }
    assertTrue(refused <= seeds.size() / 4, refused + " of the tables cannot be used at all");
    assertTrue(compared >= REQUESTS, "nothing was compared");
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
    private final Table table;
    private final List<WireRequest> requests;

    Drawn(long seed) {
      Draw draw = new Draw(seed);
      Set<Feature> features = Feature.draw(draw, FEATURES);
      table = new TableDraw(draw, features).draw();
      WireRequestDraw one = new WireRequestDraw(draw, features, table.trustsAHop());
      requests = draw.list(REQUESTS, REQUESTS, one::draw);
    }
  }
}
