package dev.proxyless.mesh.call;

import dev.proxyless.mesh.telemetry.CallInfo;
import java.util.List;

/** What the mesh makes of a request. */
public sealed interface Decision {

  /**
   * Send it on; {@code call} leads through its tries.
   *
   * @param call the call
   * @param mirrors calls of their own with copies of the request: each gets one try, its response
   *     is thrown away, and nothing that becomes of it may delay or fail the call; see {@link
   *     Calls#inBackground}
   */
  record Forward(MeshCall call, List<MeshCall> mirrors) implements Decision {}

  /** Answer it here: a redirect, a direct response or a refusal. */
  record Respond(LocalReply reply) implements Decision {}

  /** Leave it alone: it goes where it was going, with the client's own settings. */
  record PassThrough(CallInfo info) implements Decision {}
}
