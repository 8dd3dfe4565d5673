package dev.proxyless.mesh.quickstart;

import java.util.Collection;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;

/** What came of some calls. Safe for use by several threads. */
final class Tally {

  private final AtomicInteger calls = new AtomicInteger();
  private final AtomicInteger failed = new AtomicInteger();
  private final Map<String, AtomicLong> answers = new ConcurrentHashMap<>();
  private volatile String firstFailure = "";
  private final AtomicLong firstAnswerNanos = new AtomicLong();

  static Tally sum(Collection<Tally> tallies) {
    Tally sum = new Tally();
    for (Tally each : tallies) {
      sum.calls.addAndGet(each.calls());
      sum.failed.addAndGet(each.failed.get());
      each.answers.forEach((name, count) -> sum.of(name).addAndGet(count.get()));
      sum.firstFailure = sum.firstFailure.isEmpty() ? each.firstFailure : sum.firstFailure;
    }
    return sum;
  }

  void add(Caller.Answer answer) {
    firstAnswerNanos.compareAndSet(0, System.nanoTime());
    if (answer.isGood()) {
      of(answer.body()).incrementAndGet();
    } else {
      if (failed.incrementAndGet() == 1) {
        firstFailure = answer.toString();
      }
    }
    calls.incrementAndGet();
  }

  /** Calls that have ended. */
  int calls() {
    return calls.get();
  }

  /** Checks that every call was answered with 200. */
  void noneFailed() throws NotHeld {
    NotHeld.unless(
        failed.get() == 0,
        Words.say(
            "%,d of %s failed, the first with %s",
            failed.get(), Words.count(calls.get(), "call"), firstFailure));
  }

  /** When the first call ended, on the clock of {@link System#nanoTime}. */
  long firstAnswerNanos() {
    return firstAnswerNanos.get();
  }

  private AtomicLong of(String backend) {
    return answers.computeIfAbsent(backend, name -> new AtomicLong());
  }

  /** Good answers of a service's tasks. */
  long ofService(String service) {
    return answers.entrySet().stream()
        .filter(each -> each.getKey().startsWith(service + "-"))
        .mapToLong(each -> each.getValue().get())
        .sum();
  }
}
