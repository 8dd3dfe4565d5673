package dev.proxyless.mesh.model;

import java.util.Optional;

/** The conditions of {@code retry_on}, HTTP's and gRPC's. */
public enum RetryOn {
  SERVER_ERROR("5xx"),
  GATEWAY_ERROR("gateway-error"),
  CONNECT_FAILURE("connect-failure"),
  ENVOY_RATELIMITED("envoy-ratelimited"),
  RETRIABLE_4XX("retriable-4xx"),
  REFUSED_STREAM("refused-stream"),
  RETRIABLE_STATUS_CODES("retriable-status-codes"),
  RETRIABLE_HEADERS("retriable-headers"),
  RESET("reset"),
  RESET_BEFORE_REQUEST("reset-before-request"),
  GRPC_CANCELLED("cancelled", 1),
  GRPC_DEADLINE_EXCEEDED("deadline-exceeded", 4),
  GRPC_RESOURCE_EXHAUSTED("resource-exhausted", 8),
  GRPC_INTERNAL("internal", 13),
  GRPC_UNAVAILABLE("unavailable", 14);

  private final String token;
  private final int grpcStatus;

  RetryOn(String token) {
    this(token, -1);
  }

  RetryOn(String token, int grpcStatus) {
    this.token = token;
    this.grpcStatus = grpcStatus;
  }

  /** The word in {@code retry_on}. */
  public String token() {
    return token;
  }

  /** The gRPC status that the condition stands for; -1 for conditions of HTTP. */
  public int grpcStatus() {
    return grpcStatus;
  }

  /** The condition of a word. */
  public static Optional<RetryOn> of(String token) {
    for (RetryOn each : values()) {
      if (each.token.equals(token)) {
        return Optional.of(each);
      }
    }
    return Optional.empty();
  }
}
