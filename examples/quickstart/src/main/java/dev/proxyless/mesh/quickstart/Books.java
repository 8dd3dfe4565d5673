package dev.proxyless.mesh.quickstart;

/**
 * The caller's counters against the backends': tries are calls and retries, and every try that the
 * caller counts was served by some backend.
 */
final class Books {

  private final World world;
  private final long attempts;
  private final long retries;
  private final long served;

  private Books(World world) {
    this.world = world;
    attempts = world.caller().attempts();
    retries = world.caller().retries();
    served = world.served();
  }

  /** Opens the books; no call may be in flight. */
  static Books open(World world) {
    return new Books(world);
  }

  /** Retries since then, by the mesh's own meters. */
  long retries() {
    return world.caller().retries() - retries;
  }

  /** Checks them for the calls made since, none of which may have failed. */
  String balance(Tally tally) throws NotHeld {
    tally.noneFailed();
    long tried = world.caller().attempts() - attempts;
    long again = retries();
    long seen = world.served() - served;
    String sum =
        Words.say(
            "%s = %s + %s; backends served %,d",
            Words.count(tried, "attempt"),
            Words.count(tally.calls(), "call"),
            Words.count(again, "retry"),
            seen);
    NotHeld.unless(tried == tally.calls() + again && tried == seen, "the books differ: " + sum);
    return sum;
  }
}
