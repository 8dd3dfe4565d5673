package dev.proxyless.mesh.call;

/** What a transport does next with a call that is sent on. */
public sealed interface Step {

  /** Make this try, then report how it ended. */
  sealed interface Try extends Step permits Attempt {
    /** The try. */
    Attempt attempt();
  }

  /** Give this to the caller; the call is over. */
  record Reply(LocalReply reply) implements Step {}
}
