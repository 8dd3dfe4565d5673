package dev.proxyless.mesh.call;

import dev.proxyless.mesh.Internal;

/**
 * What a request that this process serves has to do with retries, so that the tiers of a call do
 * not multiply them: calls made for a retry are not retried, and a response says so where retries
 * were spent on it. Safe for use by several threads.
 */
@Internal
public final class ServedRetries {

  /** Of a request: it is a retry, or was made for one. */
  public static final String RETRY = "x-mesh-retry";

  /** Of a response: retries have been spent on it further down. */
  public static final String RETRIES_SPENT = "x-mesh-retries-spent";

  private final boolean retry;
  private volatile boolean spent;

  /**
   * A request.
   *
   * @param retry whether it is one, or was made for one
   */
  public ServedRetries(boolean retry) {
    this.retry = retry;
  }

  boolean isRetry() {
    return retry;
  }

  void spend() {
    spent = true;
  }

  /** Whether retries of calls made for it ran out or were held back. */
  public boolean isSpent() {
    return spent;
  }
}
