package dev.proxyless.mesh.call;

import dev.proxyless.mesh.telemetry.CallInfo;
import java.util.List;

/**
 * A response that is made here and not by an endpoint: a redirect, a direct response, or a failure
 * as Envoy would answer it.
 *
 * @param status the HTTP status
 * @param headers its headers, content type included
 * @param body text; may be empty
 * @param info where the call went and why it ended so
 */
public record LocalReply(int status, List<Header> headers, String body, CallInfo info) {

  /** Whether the call failed, as opposed to a route that answers by itself. */
  public boolean isFailure() {
    return !info.flags().isEmpty() || info.details().equals(LocalEnd.MAX_DURATION);
  }
}
