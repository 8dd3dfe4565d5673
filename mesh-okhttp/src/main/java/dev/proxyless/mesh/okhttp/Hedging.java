package dev.proxyless.mesh.okhttp;

import dev.proxyless.mesh.call.MeshCall;
import dev.proxyless.mesh.call.Step;
import dev.proxyless.mesh.call.Verdict;
import dev.proxyless.mesh.okhttp.Forwarding.Outcome;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Leads a call whose tries may be made beside each other: each runs on a thread of the mesh, and
 * the caller's thread waits for what happens first. The first response that is accepted is the
 * caller's; all other tries are given up.
 */
final class Hedging {

  private final Forwarding owner;
  private final MeshCall call;
  private final BlockingQueue<Event> happened = new LinkedBlockingQueue<>();
  private final List<Try> inFlight = new ArrayList<>(2);

  /** What the caller's thread waits for. */
  private sealed interface Event {
    /** A try is over; {@code unmade} where it could not even be made. */
    record Done(Try ended, @Nullable IOException unmade) implements Event {}

    /** A try takes long. */
    record Slow(Try slow) implements Event {}

    /** It is time for the next try. */
    record Due() implements Event {}

    /** The caller has given up. */
    record Canceled() implements Event {}
  }

  Hedging(Forwarding owner, MeshCall call) {
    this.owner = owner;
    this.call = call;
  }

  Outcome run() throws IOException {
    owner.cancellation().onCancel(() -> happened.add(new Event.Canceled()));
    happened.add(new Event.Due());
    try {
      while (true) {
        Outcome outcome = after(take());
        if (outcome != null) {
          return outcome;
        }
      }
    } finally {
      inFlight.forEach(Try::abandon);
    }
  }

  private Event take() throws IOException {
    try {
      Event event = happened.poll(1, TimeUnit.SECONDS);
      while (event == null) {
        if (owner.mesh().calls().isClosed()) {
          throw new IOException("the mesh was closed");
        }
        event = happened.poll(1, TimeUnit.SECONDS);
      }
      return event;
    } catch (InterruptedException interrupted) {
      throw Cancellation.interrupted(interrupted);
    }
  }

  /** The call's outcome, or null where it goes on. */
  private @Nullable Outcome after(Event event) throws IOException {
    if (event instanceof Event.Canceled) {
      throw new IOException("Canceled");
    }
    if (event instanceof Event.Due) {
      return next();
    }
    if (event instanceof Event.Slow slow) {
      return inFlight.contains(slow.slow())
          ? after(slow.slow(), call.tookLong(slow.slow().attempt()), false)
          : null;
    }
    Event.Done done = (Event.Done) event;
    if (done.unmade() != null) {
      throw done.unmade();
    }
    inFlight.remove(done.ended());
    return after(done.ended(), done.ended().verdict(), true);
  }

  private @Nullable Outcome after(Try of, Verdict verdict, boolean ended) throws IOException {
    if (verdict instanceof Verdict.Accept accept) {
      return owner.answer(of, accept);
    }
    if (ended) {
      owner.discard(of);
    }
    if (verdict instanceof Verdict.Retry retry) {
      due(retry.delay());
      return null;
    }
    return verdict instanceof Verdict.Wait ? null : owner.end(verdict);
  }

  private void due(Duration delay) {
    if (delay.isZero()) {
      happened.add(new Event.Due());
    } else {
      owner.time().schedule(delay, () -> happened.add(new Event.Due()));
    }
  }

  private @Nullable Outcome next() throws IOException {
    Step step = call.next();
    if (step instanceof Step.Reply reply) {
      return owner.answer(reply.reply());
    }
    Made made = new Made();
    Try next = new Try(owner, call, ((Step.Try) step).attempt(), made);
    made.is = next;
    inFlight.add(next);
    owner.mesh().calls().beside(() -> execute(next));
    return null;
  }

  /** Tells that a try takes long, by a timer that is set while the try is under way. */
  private final class Made implements Runnable {
    private volatile @Nullable Try is;

    @Override
    public void run() {
      Try slow = is;
      if (slow != null) {
        happened.add(new Event.Slow(slow));
      }
    }
  }

  private void execute(Try next) {
    IOException unmade = null;
    try {
      next.execute();
    } catch (IOException before) {
      unmade = before;
    } catch (RuntimeException thrown) {
      unmade = new IOException("an interceptor threw " + thrown, thrown);
    } finally {
      happened.add(new Event.Done(next, unmade));
    }
  }
}
