package dev.proxyless.mesh.benchmarks.calls;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.proxyless.mesh.benchmarks.calls.Statistics.Spread;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class StatisticsTest {

  private static double[] upTo(int n) {
    return IntStream.rangeClosed(1, n).mapToDouble(each -> each).toArray();
  }

  @Test
  void aMedianLiesInTheMiddleWhateverTheOrder() {
    assertEquals(3, Statistics.spread(5, 1, 3, 2, 4).median());
    assertEquals(2.5, Statistics.spread(4, 1, 3, 2).median());
    assertEquals(7, Statistics.spread(7).median());
  }

  /** Ranks and confidence as tables of the sign test have them. */
  @Test
  void anIntervalIsTheNarrowestOfOrderStatisticsThatIsSureEnough() {
    Spread ten = Statistics.spread(upTo(10));
    assertEquals(2, ten.low());
    assertEquals(9, ten.high());
    assertEquals(0.9785, ten.confidence(), 0.0001);
    Spread twenty = Statistics.spread(upTo(20));
    assertEquals(6, twenty.low());
    assertEquals(15, twenty.high());
    assertEquals(0.9586, twenty.confidence(), 0.0001);
  }

  @Test
  void tooFewValuesGiveTheirRangeAndSayHowSureThatIs() {
    Spread three = Statistics.spread(1, 2, 3);
    assertEquals(1, three.low());
    assertEquals(3, three.high());
    assertEquals(0.75, three.confidence(), 1e-9);
    assertEquals(0, Statistics.spread(1).confidence());
    assertThrows(IllegalArgumentException.class, Statistics::spread);
  }

  @Test
  void theIntervalHoldsTheTrueMedianAsOftenAsItSays() {
    long seed = 42;
    Random random = new Random(seed);
    int held = 0;
    int samples = 2_000;
    for (int i = 0; i < samples; i++) {
      Spread spread =
          Statistics.spread(
              IntStream.range(0, 15).mapToDouble(each -> random.nextGaussian()).toArray());
      if (spread.low() <= 0 && 0 <= spread.high()) {
        held++;
      }
    }
    assertTrue(held >= 0.94 * samples, "seed " + seed + ": held " + held + " of " + samples);
  }

  @Test
  void aPercentileIsOneOfTheSamples() {
    assertEquals(3, Statistics.percentile(new long[] {5, 1, 3, 2, 4}, 0.5));
    assertEquals(5, Statistics.percentile(new long[] {5, 1, 3, 2, 4}, 1));
    assertEquals(0, Statistics.percentile(new long[0], 0.5));
  }
}
