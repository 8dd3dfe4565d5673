package dev.proxyless.mesh.okhttp;

import dev.proxyless.mesh.call.MeshCall;
import dev.proxyless.mesh.call.Step;
import dev.proxyless.mesh.call.Verdict;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import okhttp3.Response;
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
  private @Nullable Response response;

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

  /** The response; null where it led to another call, which goes on. */
  @Nullable Response run() throws IOException {
    owner.outer().onCancel(() -> happened.add(new Event.Canceled()));
    happened.add(new Event.Due());
    try {
      boolean over = false;
      while (!over) {
        over = after(take());
      }
      return response;
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
      throw OuterCall.interrupted(interrupted);
    }
  }

  /** Whether the call is over. */
  private boolean after(Event event) throws IOException {
    if (event instanceof Event.Canceled) {
      throw new IOException("Canceled");
    }
    if (event instanceof Event.Due) {
      return next();
    }
    if (event instanceof Event.Slow slow) {
      return inFlight.contains(slow.slow())
          && after(slow.slow(), call.tookLong(slow.slow().attempt()), false);
    }
    Event.Done done = (Event.Done) event;
    if (done.unmade() != null) {
      throw done.unmade();
    }
    inFlight.remove(done.ended());
    return after(done.ended(), done.ended().verdict(), true);
  }

  private boolean after(Try of, Verdict verdict, boolean ended) throws IOException {
    if (verdict instanceof Verdict.Accept accept) {
      response = owner.answer(of, accept);
      return true;
    }
    if (ended) {
      owner.discard(of);
    }
    if (verdict instanceof Verdict.Retry retry) {
      due(retry.delay());
      return false;
    }
    if (verdict instanceof Verdict.Wait) {
      return false;
    }
    response = owner.end(verdict);
    return true;
  }

  private void due(Duration delay) {
    if (delay.isZero()) {
      happened.add(new Event.Due());
    } else {
      owner.time().schedule(delay, () -> happened.add(new Event.Due()));
    }
  }

  private boolean next() throws IOException {
    Step step = call.next();
    if (step instanceof Step.Reply reply) {
      response = owner.answer(reply.reply());
      return true;
    }
    Made made = new Made();
    Try next = new Try(owner, call, ((Step.Try) step).attempt(), made);
    made.is = next;
    inFlight.add(next);
    owner.mesh().calls().beside(() -> execute(next));
    return false;
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
