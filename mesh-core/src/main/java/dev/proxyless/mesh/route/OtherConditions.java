package dev.proxyless.mesh.route;

import dev.proxyless.mesh.model.FractionalPercent;
import dev.proxyless.mesh.model.RuntimeFraction;
import org.jspecify.annotations.Nullable;

/** The conditions of a route that are neither path, header nor query. */
final class OtherConditions {

  private OtherConditions() {}

  /** Whether a content type is gRPC's. */
  static boolean isGrpc(@Nullable String contentType) {
    return contentType != null
        && (contentType.equals("application/grpc") || contentType.startsWith("application/grpc+"));
  }

  /**
   * {@code runtime_fraction}: by the request's one random number, which also picks weighted
   * clusters.
   */
  record Fraction(RuntimeFraction fraction) implements Condition {
    @Override
    public boolean test(RequestView request) {
      return request.info.runtime().takes(fraction, request.info.random());
    }

    @Override
    public String describe() {
      FractionalPercent share = fraction.defaultValue();
      return "is among " + share.numerator() + " of " + share.denominator();
    }
  }

  /** {@code grpc}: the content type is gRPC's. */
  record Grpc() implements Condition {
    @Override
    public boolean test(RequestView request) {
      return isGrpc(request.head.header("content-type"));
    }

    @Override
    public String describe() {
      return "content type is application/grpc";
    }
  }
}
