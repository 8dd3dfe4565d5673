package dev.proxyless.mesh.quickstart;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** Calls go on without the control plane, and follow it again when it is back. */
final class OutageAct implements Act {

  static final String NAME = "outage";

  private static final int CALLS = 2_000;
  private static final int PERCENT = 50;

  @Override
  public String name() {
    return NAME;
  }

  @Override
  public List<String> show(World world, Progress progress) throws Exception {
    try (Load load = Load.steady(world)) {
      progress.doing("the control plane is killed");
      world.controlPlane().kill();
      Await.until(
          () -> !world.events().isConnected(),
          "the caller did not notice that the control plane was killed");
      Tally alone = load.nextTally();
      Await.until(() -> alone.calls() >= world.calls(CALLS), "calls did not go on");
      progress.doing("the control plane is started again");
      long restart = System.nanoTime();
      world.controlPlane().restart();
      Await.until(world.events()::isConnected, "the caller did not find the control plane again");
      Duration found = Duration.ofNanos(System.nanoTime() - restart);
      long renamed =
          world.isBroken(name()) ? world.edit(world.apps()::misspellWeight) : world.split(PERCENT);
      world.time().restart(name());
      Tally obeying = load.nextTally();
      Await.until(() -> obeying.calls() >= world.calls(CALLS), "calls did not go on");
      load.nextTally();
      Tally all = load.stop();
      Split split = Split.check(obeying, PERCENT);
      return List.of(
          Words.say("control plane killed: %,d calls went on, none failed", alone.calls()),
          Words.say(
              "restarted: found again after %.1f s, a change to %s obeyed after %,d ms",
              found.toMillis() / 1000.0,
              split,
              TimeUnit.NANOSECONDS.toMillis(obeying.firstAnswerNanos() - renamed)),
          load.books().balance(all));
    } finally {
      world.apps().restoreRoute();
    }
  }
}
