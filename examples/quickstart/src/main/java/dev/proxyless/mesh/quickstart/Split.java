package dev.proxyless.mesh.quickstart;

/**
 * How calls were split between two services, against what was asked for.
 *
 * @param percent serviceBv2's share as it should be
 * @param off by how many calls it differs from that share
 * @param allowed by how many it may: four standard deviations of the binomial distribution
 */
record Split(int percent, long serviceB, long serviceBv2, long off, long allowed) {

  private static final int SIGMAS = 4;

  /** Checks that serviceBv2 took this percentage of the calls. */
  static Split check(Tally tally, int percent) throws NotHeld {
    double share = percent / 100.0;
    long v1 = tally.ofService("serviceB");
    long v2 = tally.ofService("serviceBv2");
    double sigma = Math.sqrt(tally.calls() * share * (1 - share));
    double off = Math.abs(v2 - tally.calls() * share);
    Split split =
        new Split(percent, v1, v2, Math.round(off), (long) Math.floor(SIGMAS * sigma + 1e-9));
    tally.noneFailed();
    NotHeld.unless(
        off <= SIGMAS * sigma && v1 + v2 == tally.calls(),
        Words.say(
            "serviceBv2 took %,d of %s; %s would be %,.0f, and %,d more or less",
            v2, Words.count(tally.calls(), "call"), split, tally.calls() * share, split.allowed()));
    return split;
  }

  @Override
  public String toString() {
    return 100 - percent + "/" + percent;
  }
}
