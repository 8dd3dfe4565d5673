package dev.proxyless.mesh.call;

import dev.proxyless.mesh.telemetry.CallInfo;

/** What the mesh makes of a request. */
public sealed interface Decision {

  /** Send it on; {@code call} leads through its tries. */
  record Forward(MeshCall call) implements Decision {}

  /** Answer it here: a redirect, a direct response or a refusal. */
  record Respond(LocalReply reply) implements Decision {}

  /** Leave it alone: it goes where it was going, with the client's own settings. */
  record PassThrough(CallInfo info) implements Decision {}
}
