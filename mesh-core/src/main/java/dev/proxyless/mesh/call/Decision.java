package dev.proxyless.mesh.call;

import dev.proxyless.mesh.telemetry.CallInfo;
import java.time.Duration;
import java.util.List;

/** What the mesh makes of a request. */
public sealed interface Decision {

  /** Send it on; the call leads through its tries. */
  sealed interface Forward extends Decision permits MeshCall {

    /** The call. */
    MeshCall call();

    /**
     * Calls of their own with copies of the request: each gets one try, its response is thrown
     * away, and nothing that becomes of it may delay or fail the call; see {@link
     * Calls#inBackground}.
     */
    List<MeshCall> mirrors();

    /**
     * To wait first, by the fault filter; zero is none. A call that is given up by then is to be
     * told by {@link MeshCall#cancelled}.
     */
    Duration delay();
  }

  /**
   * Answer it here: a redirect, a direct response or a refusal.
   *
   * @param delay to wait first, by the fault filter; zero is none
   */
  record Respond(LocalReply reply, Duration delay) implements Decision {}

  /** Leave it alone: it goes where it was going, with the client's own settings. */
  record PassThrough(CallInfo info) implements Decision {}
}
