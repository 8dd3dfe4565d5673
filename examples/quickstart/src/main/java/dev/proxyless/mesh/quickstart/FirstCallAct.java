package dev.proxyless.mesh.quickstart;

import java.time.Duration;
import java.util.List;

/** The first call, and how long after the start of the process it was answered. */
final class FirstCallAct implements Act {

  static final String NAME = "first-call";

  @Override
  public String name() {
    return NAME;
  }

  @Override
  public List<String> show(World world, Progress progress) throws Exception {
    progress.doing("starting five backends and a caller");
    world.connect();
    if (world.isBroken(name())) {
      world.backends().forEach(backend -> backend.answer(503));
    }
    Books books = Books.open(world);
    Tally tally = new Tally();
    Caller.Answer answer = world.caller().call();
    tally.add(answer);
    Duration sinceBuilt = world.caller().age();
    double sinceStart = Quickstart.secondsSinceStart();
    world.backends().forEach(backend -> backend.answer(200));
    NotHeld.unless(answer.isGood(), "the first call got " + answer);
    return List.of(
        Words.say(
            "GET serviceb.apps.local:8000/: %d from %s over mTLS", answer.status(), answer.body()),
        Words.say(
            "%.1f s after start, %,d ms after the caller's mesh was built",
            sinceStart, sinceBuilt.toMillis()),
        books.balance(tally));
  }
}
