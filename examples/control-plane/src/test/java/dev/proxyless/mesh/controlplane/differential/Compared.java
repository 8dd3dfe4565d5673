package dev.proxyless.mesh.controlplane.differential;

import java.util.Set;

/** Which headers are compared. What is left out stands in {@code docs/differences.md}. */
final class Compared {

  /** What a proxy adds that this library does not imitate, and what belongs to a connection. */
  private static final Set<String> NOT_SENT =
      Set.of(
          WireRequest.ID,
          "host",
          "x-request-id",
          "x-forwarded-for",
          "x-forwarded-proto",
          "x-envoy-internal",
          "x-envoy-external-address",
          "content-length",
          "transfer-encoding",
          "connection");

  private static final Set<String> NOT_RECEIVED =
      Set.of(
          "server",
          "date",
          "x-request-id",
          "x-envoy-upstream-service-time",
          "content-length",
          "transfer-encoding",
          "connection");

  private static final Set<String> OF_A_REFUSAL =
      Set.of("location", "content-type", "grpc-status", "grpc-message");

  private Compared() {}

  static boolean sent(String header) {
    return !NOT_SENT.contains(header);
  }

  /** What a request gets that the connection manager does not let in: nothing of a route. */
  static boolean ofARefusal(String header) {
    return OF_A_REFUSAL.contains(header);
  }

  static boolean received(String header) {
    return !NOT_RECEIVED.contains(header);
  }
}
