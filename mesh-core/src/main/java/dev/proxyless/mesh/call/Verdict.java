package dev.proxyless.mesh.call;

import dev.proxyless.mesh.route.HeaderEdit;
import java.time.Duration;
import java.util.List;

/** What becomes of a try that ended. */
public sealed interface Verdict {

  /**
   * Give the response to the caller. The transport then tells the end of its body by {@link
   * MeshCall#finished} or {@link MeshCall#cancelled}.
   *
   * @param edits changes to its headers
   */
  record Accept(List<HeaderEdit> edits) implements Verdict {}

  /** Discard the response, if there is one, wait, and ask {@link MeshCall#next} again. */
  record Retry(Duration delay) implements Verdict {

    /** For people. */
    String words() {
      return "retried after " + delay.toMillis() + " ms";
    }
  }

  /**
   * Discard the response and go on with another call, which an internal redirect leads to. The call
   * so far is over; the tries of the next one change the caller's own request as well.
   */
  record Follow(MeshCall next) implements Verdict {}

  /** Give this to the caller instead; the call is over. */
  record GiveUp(LocalReply reply) implements Verdict {}
}
