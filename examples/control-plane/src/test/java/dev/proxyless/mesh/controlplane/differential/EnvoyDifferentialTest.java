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
 * many requests, {@code -Dinterop.spoilt=N} spoils so many tables, {@code -Dinterop.seed=N} tries
 * the tables of the seeds from there on, {@code -Dinterop.features=HEADERS,REDIRECT} those features
 * alone.
 */
@Tag("interop")
class EnvoyDifferentialTest {

  private static final int TABLES = Integer.getInteger("interop.tables", 20);
  private static final int REQUESTS = Integer.getInteger("interop.requests", 500);
  private static final int SHOWN = Integer.getInteger("interop.shown", 3);
  private static final int SPOILT = Integer.getInteger("interop.spoilt", 400);
  private static final int SERVED_AT_ONCE = 50;
  private static final String FEATURES = System.getProperty("interop.features", "");
  private static final Duration SHRINKING = Duration.ofSeconds(60);

  @TempDir Path directory;

  @Test
  void routesDecideAsInEnvoy() throws Exception {
    int refused = 0;
    List<Long> seeds = seeds(TABLES);
    try (Comparison comparison = new Comparison(directory)) {
      Differences found = new Differences(comparison);
      for (int i = 0; i < seeds.size(); i += SERVED_AT_ONCE) {
        List<Drawn> drawn = draw(seeds, i);
        List<Side> sides = comparison.serve(drawn.stream().map(each -> each.table).toList());
        for (int j = 0; j < sides.size(); j++) {
          refused += sides.get(j).isRefused() ? 1 : 0;
          found.add(drawn.get(j).seed, sides.get(j).compare(drawn.get(j).requests));
        }
      }
      found.assertNone();
    }
    assertTrue(refused <= seeds.size() / 4, refused + " of the tables are refused by both");
  }

  private static List<Drawn> draw(List<Long> seeds, int from) {
    return seeds.subList(from, Math.min(from + SERVED_AT_ONCE, seeds.size())).stream()
        .map(Drawn::new)
        .toList();
  }

  @Test
  void tablesAreRefusedAsByEnvoy() throws Exception {
    int refused = 0;
    List<Long> seeds = seeds(SPOILT);
    try (Comparison comparison = new Comparison(directory)) {
      Differences found = new Differences(comparison);
      for (int i = 0; i < seeds.size(); i += SERVED_AT_ONCE) {
        List<Drawn> drawn = draw(seeds, i);
        List<Side> sides = comparison.serve(drawn.stream().map(Drawn::spoilt).toList());
        for (int j = 0; j < sides.size(); j++) {
          refused += sides.get(j).isRefused() ? 1 : 0;
          Outcome outcome = sides.get(j).compare(drawn.get(j).requests.subList(0, 1)).get(0);
          found.add(drawn.get(j).seed, outcome.isRefusal() ? List.of(outcome) : List.of());
        }
      }
      found.assertNone();
    }
    assertTrue(refused >= seeds.size() / 10, "only " + refused + " tables are refused at all");
  }

  /** What was found, by its kind. */
  private static final class Differences {
    private final Comparison comparison;
    private final Map<String, Found> found = new LinkedHashMap<>();

    Differences(Comparison comparison) {
      this.comparison = comparison;
    }

    void add(long seed, List<Outcome> outcomes) {
      for (Outcome outcome : outcomes) {
        for (String kind : outcome.kinds()) {
          found.computeIfAbsent(kind, first -> new Found()).add(seed, outcome);
        }
      }
    }

    void assertNone() throws Exception {
      StringBuilder report = new StringBuilder();
      found.forEach(
          (kind, each) -> report.append('\n').append(each.count).append(" x ").append(kind));
      for (String kind : found.keySet().stream().limit(SHOWN).toList()) {
        Found each = found.get(kind);
        Shrinker shrinker = new Shrinker(comparison, kind, SHRINKING);
        report.append("\nseed ").append(each.seed).append(": ");
        report.append(shrinker.shrink(each.smallest));
      }
      assertEquals(0, found.size(), () -> "kinds of differences from Envoy:" + report);
    }
  }

  /** Of the differences of a kind: how many there are, and the one that shows it best. */
  private static final class Found {
    private int count;
    private long seed;
    private Outcome smallest;

    void add(long itsSeed, Outcome outcome) {
      count++;
      if (smallest == null || outcome.differences().size() < smallest.differences().size()) {
        seed = itsSeed;
        smallest = outcome;
      }
    }
  }

  /** Fixed ones, so that a build does not fail by luck alone, and one that is new each time. */
  private static List<Long> seeds(int count) {
    Long first = Long.getLong("interop.seed");
    if (first != null) {
      return LongStream.range(first, first + count).boxed().toList();
    }
    List<Long> seeds = new ArrayList<>(LongStream.range(1, count).boxed().toList());
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

    Table spoilt() {
      return new SpoilDraw(new Draw(seed)).spoil(table);
    }
  }
}
