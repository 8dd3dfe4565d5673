package dev.proxyless.mesh.quickstart;

import java.util.List;

/** The split that the route's document asks for. */
final class SplitAct implements Act {

  static final String NAME = "split";

  @Override
  public String name() {
    return NAME;
  }

  @Override
  public List<String> show(World world, Progress progress) throws Exception {
    if (world.isBroken(name())) {
      world.split(40);
    }
    try {
      Books books = Books.open(world);
      world.time().restart(name());
      Tally tally = Load.of(world, world.calls(10_000), progress);
      Split split = Split.check(tally, World.SERVICE_B_V2_PERCENT);
      return List.of(
          Words.say(
              "%,d calls: %,d to serviceB, %,d to serviceBv2",
              tally.calls(), split.serviceB(), split.serviceBv2()),
          Words.say(
              "%s within 4 sigma: off by %,d, allowed %,d", split, split.off(), split.allowed()),
          books.balance(tally));
    } finally {
      if (world.isBroken(name())) {
        world.edit(world.apps()::restoreRoute);
      }
    }
  }
}
