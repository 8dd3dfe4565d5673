package dev.proxyless.mesh.call;

import dev.proxyless.mesh.telemetry.CallInfo;
import dev.proxyless.mesh.telemetry.ResponseFlag;
import dev.proxyless.mesh.telemetry.ResponseFlags;
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
    return info.flags().list().stream().anyMatch(flag -> flag != ResponseFlag.DI)
        || info.details().equals(LocalEnd.MAX_DURATION);
  }

  /** The same, where the fault filter has delayed the request before. */
  LocalReply delayed() {
    ResponseFlags flags = ResponseFlags.of(ResponseFlag.DI);
    for (ResponseFlag each : info.flags().list()) {
      flags = flags.with(each);
    }
    CallInfo told =
        new CallInfo(
            info.virtualHost(),
            info.route(),
            info.cluster(),
            info.endpoint(),
            info.attempts(),
            flags,
            info.details(),
            info.explanation());
    return new LocalReply(status, headers, body, told);
  }
}
