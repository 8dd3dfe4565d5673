package dev.proxyless.mesh.quickstart;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** The split is moved under load, by editing the route's document. */
final class ShiftAct implements Act {

  static final String NAME = "shift";

  private static final int[] PERCENTS = {10, 25, 50, 100};
  private static final int CALLS = 2_000;

  /** The calls that began after a move. */
  private record Step(int percent, long millis, Tally tally) {}

  @Override
  public String name() {
    return NAME;
  }

  @Override
  public List<String> show(World world, Progress progress) throws Exception {
    List<Step> steps = new ArrayList<>();
    try (Load load = Load.steady(world)) {
      for (int percent : PERCENTS) {
        progress.doing(percent + " % to serviceBv2");
        steps.add(step(world, load, percent));
      }
      Tally all = load.stop();
      List<String> shown = new ArrayList<>();
      shown.add("live by editing a document, no failed call; share of serviceBv2:");
      for (Step each : steps) {
        Split split = Split.check(each.tally(), each.percent());
        shown.add(
            Words.say(
                "%3d %% %,4d ms after the file's rename: %,5d of %,d calls",
                each.percent(), each.millis(), split.serviceBv2(), each.tally().calls()));
      }
      shown.add(load.books().balance(all));
      return shown;
    } finally {
      world.edit(world.apps()::restoreRoute);
    }
  }

  private Step step(World world, Load load, int percent) throws Exception {
    long renamed = world.split(world.isBroken(name()) ? 100 - percent : percent);
    world.time().restart(name() + percent);
    Tally tally = load.nextTally();
    Await.until(
        () -> tally.calls() >= world.calls(CALLS), "the calls of a step did not come to an end");
    load.nextTally();
    return new Step(
        percent, TimeUnit.NANOSECONDS.toMillis(tally.firstAnswerNanos() - renamed), tally);
  }
}
