package dev.proxyless.mesh.call;

import dev.proxyless.mesh.telemetry.MeshMeters.AttemptResult;
import dev.proxyless.mesh.telemetry.ResponseFlag;

/**
 * How a try ended without a response: the vocabulary in which transports report. Texts, statuses
 * and flags are Envoy's.
 */
public enum Failure {
  LOCAL_CONNECTION_FAILURE("local connection failure", 503, ResponseFlag.UF, AttemptResult.CONNECT),
  REMOTE_CONNECTION_FAILURE(
      "remote connection failure", 503, ResponseFlag.UF, AttemptResult.CONNECT),
  CONNECTION_TIMEOUT("connection timeout", 503, ResponseFlag.UF, AttemptResult.CONNECT),
  CONNECTION_TERMINATION("connection termination", 503, ResponseFlag.UC, AttemptResult.RESET),
  /**
   * A reused connection that had idled turned out dead before any of a response came, under a
   * request that may be sent again: a connection termination in all else.
   */
  DEAD_CONNECTION("connection termination", 503, ResponseFlag.UC, AttemptResult.RESET),
  REMOTE_RESET("remote reset", 503, ResponseFlag.UR, AttemptResult.RESET),
  REMOTE_REFUSED_STREAM_RESET(
      "remote refused stream reset", 503, ResponseFlag.UR, AttemptResult.RESET),
  REMOTE_CONNECT_ERROR(
      "remote error with CONNECT request", 503, ResponseFlag.UR, AttemptResult.RESET),
  LOCAL_RESET("local reset", 503, ResponseFlag.LR, AttemptResult.RESET),
  PROTOCOL_ERROR("protocol error", 502, ResponseFlag.UPE, AttemptResult.RESET),
  /** The try took longer than {@code per_try_timeout}. */
  PER_TRY_TIMEOUT("upstream_per_try_timeout", 504, ResponseFlag.UT, AttemptResult.TIMEOUT),
  /** The try showed no sign of life for longer than {@code per_try_idle_timeout}. */
  PER_TRY_IDLE_TIMEOUT(
      "upstream_per_try_idle_timeout", 504, ResponseFlag.UT, AttemptResult.TIMEOUT),
  /** The call showed no sign of life for longer than {@code idle_timeout}. */
  STREAM_IDLE_TIMEOUT("stream_idle_timeout", 504, ResponseFlag.SI, AttemptResult.TIMEOUT),
  /** The try, its response's body included, took longer than the request's header allows. */
  STREAM_DURATION(
      "upstream_max_stream_duration_reached", 504, ResponseFlag.UMSDR, AttemptResult.TIMEOUT),
  /** The call took longer than the route, or the caller's own deadline, allows. */
  CALL_TIMEOUT("response_timeout", 504, ResponseFlag.UT, AttemptResult.TIMEOUT);

  private final String reason;
  private final int status;
  private final ResponseFlag flag;
  private final AttemptResult result;

  Failure(String reason, int status, ResponseFlag flag, AttemptResult result) {
    this.reason = reason;
    this.status = status;
    this.flag = flag;
    this.result = result;
  }

  /** Envoy's text for it. */
  public String reason() {
    return reason;
  }

  /** The status of the local reply that stands in for the response. */
  public int status() {
    return status;
  }

  /** The response flag. */
  public ResponseFlag flag() {
    return flag;
  }

  AttemptResult result() {
    return result;
  }

  /** Whether the connection was never made, so that nothing of the request was sent. */
  public boolean isConnectFailure() {
    return result == AttemptResult.CONNECT;
  }

  /** Whether the whole call is over, so that nothing is tried again. */
  boolean endsCall() {
    return this == CALL_TIMEOUT || this == STREAM_IDLE_TIMEOUT;
  }

  public boolean isTimeout() {
    return result == AttemptResult.TIMEOUT;
  }
}
