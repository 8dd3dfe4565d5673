package dev.proxyless.mesh.route;

import dev.proxyless.mesh.model.FractionalPercent;

/** The conditions of a route that are neither path, header nor query. */
final class OtherConditions {

  private OtherConditions() {}

  /**
   * {@code runtime_fraction}: by the request's one random number, which also picks weighted
   * clusters.
   */
  record Fraction(FractionalPercent share) implements Condition {
    @Override
    public boolean test(RequestView request) {
      return Long.remainderUnsigned(request.random, share.denominator()) < share.numerator();
    }

    @Override
    public String describe() {
      return "is among " + share.numerator() + " of " + share.denominator();
    }
  }

  /** {@code grpc}: the content type is gRPC's. */
  record Grpc() implements Condition {
    @Override
    public boolean test(RequestView request) {
      String contentType = request.head.header("content-type");
      return contentType != null
          && (contentType.equals("application/grpc")
              || contentType.startsWith("application/grpc+"));
    }

    @Override
    public String describe() {
      return "content type is application/grpc";
    }
  }
}
