package dev.proxyless.mesh.quickstart;

import java.util.List;

/** A backend that answers 503 is retried around, set aside and taken back. */
final class EjectionAct implements Act {

  static final String NAME = "ejection";

  @Override
  public String name() {
    return NAME;
  }

  @Override
  public List<String> show(World world, Progress progress) throws Exception {
    if (world.isBroken(name())) {
      world.edit(() -> world.apps().retries(0));
    }
    Backend sick = world.backend("serviceB-2");
    Events events = world.events();
    try (Load load = Load.steady(world)) {
      long start = System.nanoTime();
      progress.doing("serviceB-2 answers 503");
      sick.answer(503);
      Await.until(
          () -> events.ejected().equals(sick.address()),
          "serviceB-2 answered 503 and was not ejected");
      sick.answer(200);
      progress.doing("serviceB-2 is ejected");
      Await.until(events::hasReturned, "serviceB-2 was ejected and did not come back");
      long before = sick.requests();
      Await.until(() -> sick.requests() > before, "serviceB-2 came back and got no calls");
      Tally tally = load.stop();
      String balance = load.books().balance(tally);
      long retries = load.books().retries();
      NotHeld.unless(retries > 0, "no call was retried");
      return List.of(
          "serviceB-2 answered 503: no failed call, " + Words.count(retries, "retry"),
          Words.say(
              "ejected after %,d ms, back and serving %.1f s later",
              events.ejectedAfter(start).toMillis(), events.outFor().toMillis() / 1000.0),
          balance);
    } finally {
      sick.answer(200);
      if (world.isBroken(name())) {
        world.edit(world.apps()::restoreRoute);
      }
    }
  }
}
