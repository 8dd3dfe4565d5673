package dev.proxyless.mesh.call;

/** What a transport does next with a call that is sent on. */
public sealed interface Step {

  /** Make this try, then report how it ended. */
  record Try(Attempt attempt) implements Step {}

  /** Give this to the caller; the call is over. */
  record Reply(LocalReply reply) implements Step {}
}
