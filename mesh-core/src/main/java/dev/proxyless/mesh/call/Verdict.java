package dev.proxyless.mesh.call;

import dev.proxyless.mesh.route.HeaderEdit;
import java.time.Duration;
import java.util.List;

/** What becomes of a try that ended. */
public sealed interface Verdict {

  /**
   * Give the response to the caller, and give up other tries in flight. The transport then tells
   * the end of its body by {@link MeshCall#finished} or {@link MeshCall#cancelled}.
   *
   * @param edits changes to its headers
   */
  record Accept(List<HeaderEdit> edits) implements Verdict {
    /** As the endpoint gave it. */
    static final Accept AS_IT_IS = new Accept(List.of());
  }

  /**
   * Discard the response, if there is one, wait, and ask {@link MeshCall#next} again. Tries that
   * are in flight beside it go on, as does the one that {@link MeshCall#tookLong} was told of.
   */
  record Retry(Duration delay) implements Verdict {}

  /**
   * Discard the response, if there is one, and wait for the other tries in flight, or for the one
   * that {@link MeshCall#tookLong} was told of.
   */
  record Wait() implements Verdict {}

  /**
   * Discard the response, wait, and go on with another call, which an internal redirect leads to.
   * The call so far is over; the tries of the next one change the caller's own request as well.
   *
   * @param delay that is injected; zero is none
   */
  record Follow(MeshCall next, Duration delay) implements Verdict {}

  /**
   * Wait, and give this to the caller instead; the call is over.
   *
   * @param delay that is injected; zero is none
   */
  record GiveUp(LocalReply reply, Duration delay) implements Verdict {

    /** Without a delay. */
    GiveUp(LocalReply reply) {
      this(reply, Duration.ZERO);
    }
  }
}
