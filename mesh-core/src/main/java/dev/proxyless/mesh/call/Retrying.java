package dev.proxyless.mesh.call;

import dev.proxyless.mesh.cluster.Endpoint;
import dev.proxyless.mesh.cluster.Upstream;
import dev.proxyless.mesh.model.RetryOn;
import dev.proxyless.mesh.model.RetryPolicy;
import dev.proxyless.mesh.route.RetryRules;
import java.time.Duration;
import java.time.Instant;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * The retries of a call whose first try went wrong: how many are left, how long each waits, where
 * it goes. Belongs to the thread that makes the call, but for {@link #release}. Source: Envoy's
 * {@code RetryStateImpl}.
 */
final class Retrying {

  private final RetryPolicy policy;
  private final Upstream upstream;
  private final RetryGate gate;
  private @Nullable Backoff backoff;
  private @Nullable TriedHosts hosts;
  private int left;
  private String reason = "";

  /**
   * Of a call.
   *
   * @param rules null where the policy retries nothing; a request may still be sent again
   */
  Retrying(@Nullable RetryRules rules, Routed.Upstream routed, @Nullable ServedRetries served) {
    policy = rules == null ? RetryPolicy.NONE : rules.policy();
    left = policy.numRetries();
    upstream = routed.target().upstream();
    gate = new RetryGate(upstream, routed.priority(), served);
  }

  /** What is done about a try that the policy wants to retry. */
  enum Answer {
    YES,
    HELD_BACK,
    NONE_LEFT,
    NO_ROOM
  }

  /**
   * Asks for one more try. It is used up even where the cluster then has no room for it.
   *
   * @param condition that the last one met; null where it goes on and took too long
   * @param header the first value of a header of its response, or null
   */
  Answer take(@Nullable RetryOn condition, UnaryOperator<@Nullable String> header) {
    if (gate.isHeldBack(header)) {
      gate.heldBack();
      return Answer.HELD_BACK;
    }
    if (left == 0) {
      gate.exceeded(policy.numRetries());
      return Answer.NONE_LEFT;
    }
    left--;
    reason = condition == null ? "per_try_timeout" : condition.token();
    return gate.take() ? Answer.YES : Answer.NO_ROOM;
  }

  /**
   * Takes room to send a request again to the endpoint whose idle connection had died, once a call.
   */
  boolean takeAgain(Endpoint endpoint) {
    return gate.takeAgain(endpoint);
  }

  /** Gives back what was taken for a try that begins, or that never will. Any thread. */
  void release() {
    gate.release();
  }

  /** How long to wait before the next try. */
  Duration delay(long random) {
    return backoff().next(random);
  }

  /** The same after a response, which may ask for a time of its own. */
  Duration delay(UnaryOperator<@Nullable String> header, Instant now, long random) {
    return backoff().afterResponse(header, now, random);
  }

  private Backoff backoff() {
    Backoff made = backoff;
    if (made == null) {
      made = new Backoff(policy);
      backoff = made;
    }
    return made;
  }

  /** Where {@link #takeAgain} leads the next try; null where any endpoint will do. */
  @Nullable Endpoint sameEndpoint() {
    return gate.endpoint();
  }

  /** The endpoint for the next try of a call that the policy retries. */
  @Nullable Endpoint pick(Endpoint before) {
    TriedHosts known = hosts;
    if (known == null) {
      known = new TriedHosts(policy.hostSelection(), before);
      hosts = known;
    }
    return known.pick(upstream);
  }

  /** By which condition the last try was retried, for people. */
  String reason() {
    return reason;
  }

  /** Why the last retry that was wanted is not made, for people; empty where none was denied. */
  String denied() {
    return gate.denied();
  }
}
