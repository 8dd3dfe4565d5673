package dev.proxyless.mesh.quickstart;

/** Checks a split by its binomial spread. */
final class Split {

  private static final int SIGMAS = 4;

  private Split() {}

  /** Checks that serviceBv2 took this percentage of the calls, within four standard deviations. */
  static String check(Caller.Tally tally, int percentV2) throws NotHeld {
    long v1 = tally.of("serviceB");
    long v2 = tally.of("serviceBv2");
    double share = percentV2 / 100.0;
    double expected = tally.calls() * share;
    double sigma = Math.sqrt(tally.calls() * share * (1 - share));
    double off = Math.abs(v2 - expected);
    NotHeld.unless(
        off <= SIGMAS * sigma && v1 + v2 == tally.calls(),
        String.format(
            "serviceBv2 took %,d of %,d calls; %d/%d would be %.0f ± %.0f",
            v2, tally.calls(), 100 - percentV2, percentV2, expected, SIGMAS * sigma));
    return String.format(
        "serviceB %,d, serviceBv2 %,d: %d/%d within %d sigma (off by %.0f of %.0f)",
        v1, v2, 100 - percentV2, percentV2, SIGMAS, off, SIGMAS * sigma);
  }
}
