package dev.proxyless.mesh.quickstart;

import dev.proxyless.mesh.document.Node;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/** The lines, in their order. */
final class Acts {

  private static final int THREADS = 4;
  private static final Duration SOON = Duration.ofSeconds(5);

  private Acts() {}

  static List<Act> all() {
    return List.of(
        new DocumentsAct(),
        new FirstCall(),
        new SplitAct(),
        new Ejection(),
        new Shift(),
        new Rotation(),
        new Refusal(),
        new Outage());
  }

  /** Documents become resources. */
  private static final class DocumentsAct implements Act {
    private static final int RESOURCES = 8;

    @Override
    public String name() {
      return "documents";
    }

    @Override
    public String show(World world, Progress progress) throws NotHeld {
      Node started = world.controlPlane().started();
      long documents = started.required("documents").integer(0, 1_000);
      long resources = 0;
      List<String> kinds = new ArrayList<>();
      for (Map.Entry<String, Node> kind : started.required("resources").fields().entrySet()) {
        long count = kind.getValue().integer(0, 1_000);
        resources += count;
        kinds.add(count + " " + kind.getKey());
      }
      String seen =
          documents
              + " App Mesh documents became "
              + resources
              + " resources: "
              + String.join(", ", kinds);
      NotHeld.unless(documents == AppsDirectory.DOCUMENTS.size() && resources == RESOURCES, seen);
      return seen;
    }
  }

  /** The first call. */
  private static final class FirstCall implements Act {
    @Override
    public String name() {
      return "first-call";
    }

    @Override
    public String show(World world, Progress progress) throws Exception {
      Caller.Answer answer = world.caller().call();
      long now = System.nanoTime();
      NotHeld.unless(
          answer.isGood(), "the first call got " + answer.status() + " " + answer.body());
      return String.format(
          "GET %s answered by %s over mTLS, %,d ms after the caller's mesh was built, %.1f s after start",
          Caller.URL,
          answer.body(),
          TimeUnit.NANOSECONDS.toMillis(now - world.callerBuiltNanos()),
          Quickstart.secondsSinceStart());
    }
  }

  /** The split that the route's document asks for. */
  private static final class SplitAct implements Act {
    @Override
    public String name() {
      return "split";
    }

    @Override
    public String show(World world, Progress progress) throws Exception {
      if (world.isBroken(name())) {
        obeyed(world, 60, 40);
      }
      Books books = Books.open(world);
      Caller.Tally tally = world.caller().load(world.calls(10_000), THREADS, progress);
      return String.format(
          "%,d calls: %s%n%s", tally.calls(), Split.check(tally, 25), books.balance(tally));
    }
  }

  /** A backend that answers 503 is retried around, set aside and taken back. */
  private static final class Ejection implements Act {
    @Override
    public String name() {
      return "ejection";
    }

    @Override
    public String show(World world, Progress progress) throws Exception {
      Books books = Books.open(world);
      Backend sick = world.backend("serviceB-2");
      Caller.Running running = world.caller().loadUntilStopped(THREADS);
      long start = System.nanoTime();
      if (world.isBroken(name())) {
        world.backends().forEach(backend -> backend.answer(503));
      }
      sick.answer(503);
      String address = "127.0.0.1:" + sick.port();
      boolean ejected = Caller.eventually(SOON, () -> world.events().ejected().equals(address));
      sick.answer(200);
      boolean returned =
          ejected && Caller.eventually(Duration.ofSeconds(10), world.events()::hasReturned);
      long before = sick.requests();
      boolean serves = returned && Caller.eventually(SOON, () -> sick.requests() > before);
      Caller.Tally tally = running.stop();
      NotHeld.unless(
          tally.failed() == 0,
          tally.failed() + " calls failed, the first with " + tally.firstFailure());
      NotHeld.unless(
          ejected, "serviceB-2 answered 503 and was not ejected within " + SOON.toSeconds() + " s");
      NotHeld.unless(returned && serves, "serviceB-2 was ejected and did not come back");
      return String.format(
          "serviceB-2 answered 503: no failed call, ejected after %,d ms, back and serving after %.1f s more%n%s",
          world.events().ejectedAfter(start).toMillis(),
          world.events().outFor().toMillis() / 1000.0,
          books.balance(tally));
    }
  }

  /** The split is moved by editing the route's document. */
  private static final class Shift implements Act {
    @Override
    public String name() {
      return "shift";
    }

    @Override
    public String show(World world, Progress progress) throws Exception {
      List<String> steps = new ArrayList<>();
      Books books = Books.open(world);
      int calls = world.calls(2_000);
      int extra = 0;
      Caller.Tally all = new Caller.Tally();
      for (int percent : new int[] {10, 25, 50, 100}) {
        long millis =
            world.isBroken(name()) ? obeyed(world, 75, 25) : obeyed(world, 100 - percent, percent);
        extra++;
        Caller.Tally tally = world.caller().load(calls, THREADS, progress);
        Split.check(tally, percent);
        NotHeld.unless(tally.failed() == 0, tally.failed() + " calls failed");
        all.addAll(tally);
        steps.add(String.format("%d %% after %d ms", percent, millis));
      }
      all.addGood(extra);
      obeyed(world, 75, 25);
      all.addGood(1);
      return String.format(
          "serviceBv2 moved live to %s%n%,d calls a step; %s",
          String.join(", ", steps), calls, books.balance(all));
    }
  }

  /**
   * Moves the split and waits for the first call that obeys: one that begins after the caller has
   * the new routes.
   *
   * @return milliseconds from the file's rename to that call's answer
   */
  private static long obeyed(World world, int serviceB, int serviceBv2) throws Exception {
    long generation = world.events().generation();
    long renamed = System.nanoTime();
    world.apps().split(serviceB, serviceBv2);
    NotHeld.unless(
        Caller.eventually(SOON, () -> world.events().generation() > generation),
        "the split "
            + serviceB
            + "/"
            + serviceBv2
            + " was not obeyed within "
            + SOON.toSeconds()
            + " s");
    Caller.Answer answer = world.caller().call();
    NotHeld.unless(answer.isGood(), "a call got " + answer.status() + " " + answer.body());
    return TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - renamed);
  }

  /** Certificates are replaced while calls go on. */
  private static final class Rotation implements Act {
    @Override
    public String name() {
      return "rotation";
    }

    @Override
    public String show(World world, Progress progress) throws Exception {
      Books books = Books.open(world);
      Caller.Running running = world.caller().loadUntilStopped(THREADS);
      Backend backend = world.backend("serviceB-1");
      NotHeld.unless(
          Caller.eventually(SOON, () -> !world.caller().serverSerial(backend.name()).isEmpty()),
          "no call reached " + backend.name());
      String callerBefore = backend.callerSerial();
      String serverBefore = world.caller().serverSerial(backend.name());
      for (String service : List.of("serviceb", "servicebv2")) {
        Certificates.Issued next = world.certificates().issue(service);
        world.certificates().install(service, next);
        String serial = next.certificate().getSerialNumber().toString(16);
        NotHeld.unless(
            Caller.eventually(SOON, () -> world.serverSerial(service).equals(serial)),
            service + " did not take its new certificate");
      }
      Certificates.Issued mine = world.certificates().issue("servicea");
      if (world.isBroken(name())) {
        mine = new Certificates.Issued(mine.certificate(), world.certificates().issue("x").keys());
      }
      world.certificates().install("servicea", mine);
      boolean seen =
          Caller.eventually(
              SOON,
              () ->
                  !backend.callerSerial().equals(callerBefore)
                      && !world.caller().serverSerial(backend.name()).equals(serverBefore));
      Caller.Tally tally = running.stop();
      NotHeld.unless(seen, "the new certificates were not used within " + SOON.toSeconds() + " s");
      return String.format(
          "under load, serviceA's certificate %s → %s as serviceB saw it, serviceB's %s → %s as serviceA saw"
              + " it; no failed call%n%s",
          Certificates.shortSerial(callerBefore),
          Certificates.shortSerial(backend.callerSerial()),
          Certificates.shortSerial(serverBefore),
          Certificates.shortSerial(world.caller().serverSerial(backend.name())),
          books.balance(tally));
    }
  }

  /** Callers that are not serviceA are refused. */
  private static final class Refusal implements Act {
    @Override
    public String name() {
      return "refusal";
    }

    @Override
    public String show(World world, Progress progress) throws Exception {
      Backend backend = world.backend("serviceB-1");
      long served = backend.requests();
      Stranger nobody = Stranger.withoutCertificate(world.certificates());
      Stranger intruder =
          Stranger.withCertificate(
              world.certificates(), world.isBroken(name()) ? "servicea" : "intruder");
      String first = refused(nobody, backend, "a caller without certificate");
      String second = refused(intruder, backend, "a caller with the wrong SAN");
      NotHeld.unless(backend.requests() == served, "a stranger's request was served");
      return String.format(
          "without certificate: %s; as %sintruder: %s", first, Certificates.TRUST_DOMAIN, second);
    }

    private static String refused(Stranger stranger, Backend backend, String who) throws NotHeld {
      try {
        int status = stranger.call(backend.port());
        NotHeld.unless(false, who + " was answered " + status);
        return "";
      } catch (IOException refusal) {
        return "refused (" + refusal.getMessage() + ")";
      }
    }
  }

  /** Calls go on without the control plane, and follow it again when it is back. */
  private static final class Outage implements Act {
    @Override
    public String name() {
      return "outage";
    }

    @Override
    public String show(World world, Progress progress) throws Exception {
      Books books = Books.open(world);
      world.controlPlane().kill();
      NotHeld.unless(
          Caller.eventually(SOON, () -> !world.events().isConnected()),
          "the caller did not notice that the control plane was killed");
      Caller.Tally tally = world.caller().load(world.calls(2_000), THREADS, progress);
      String balance = books.balance(tally);
      long restarted = System.nanoTime();
      if (!world.isBroken(name())) {
        world.controlPlane().restart();
        NotHeld.unless(
            Caller.eventually(Duration.ofSeconds(10), world.events()::isConnected),
            "the caller did not find the control plane again");
      }
      long reconnected = System.nanoTime();
      long millis = obeyed(world, 50, 50);
      Split.check(world.caller().load(world.calls(2_000), THREADS, progress), 50);
      return String.format(
          "control plane killed: %,d calls, none failed; restarted, found again after %.1f s, a change obeyed after"
              + " %d ms%n%s",
          tally.calls(),
          TimeUnit.NANOSECONDS.toMillis(reconnected - restarted) / 1000.0,
          millis,
          balance);
    }
  }
}
