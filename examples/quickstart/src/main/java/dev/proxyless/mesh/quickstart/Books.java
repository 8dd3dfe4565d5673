package dev.proxyless.mesh.quickstart;

/**
 * The caller's counters against the backends': every try that the caller counts was served by some
 * backend, and tries are calls and retries.
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

  /** Opens the books. */
  static Books open(World world) {
    return new Books(world);
  }

  long retries() {
    return world.caller().retries() - retries;
  }

  /** Checks them for this many calls, none of which failed. */
  String balance(Caller.Tally tally) throws NotHeld {
    NotHeld.unless(
        tally.failed() == 0,
        tally.failed()
            + " of "
            + tally.calls()
            + " calls failed, the first with "
            + tally.firstFailure());
    long tried = world.caller().attempts() - attempts;
    long again = retries();
    long seen = world.served() - served;
    String sum =
        String.format(
            "%,d attempts = %,d calls + %,d retries; backends served %,d",
            tried, tally.calls(), again, seen);
    NotHeld.unless(tried == tally.calls() + again && tried == seen, "the books differ: " + sum);
    return sum;
  }
}
