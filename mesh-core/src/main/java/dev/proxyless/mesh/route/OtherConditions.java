package dev.proxyless.mesh.route;

import dev.proxyless.mesh.model.FractionalPercent;
import dev.proxyless.mesh.model.RouteMatch.TlsContextMatch;
import dev.proxyless.mesh.model.RuntimeFraction;
import java.util.Optional;
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
    private static final HeaderName CONTENT_TYPE = HeaderName.of("content-type");

    @Override
    public boolean test(RequestView request) {
      return isGrpc(request.joined(CONTENT_TYPE));
    }

    @Override
    public String describe() {
      return "content type is application/grpc";
    }
  }

  /** {@code tls_context}: what the caller showed. Without TLS it showed nothing. */
  record TlsContext(TlsContextMatch match) implements Condition {
    @Override
    public boolean test(RequestView request) {
      Optional<StreamInfo.Peer> peer = request.info.peer();
      boolean presented = peer.isPresent() && peer.get().presented();
      boolean validated = peer.isPresent() && peer.get().validated();
      return match.presented().orElse(presented) == presented
          && match.validated().orElse(validated) == validated;
    }

    @Override
    public String describe() {
      String presented =
          match.presented().map(wanted -> wanted ? "presented" : "not presented").orElse("");
      String validated =
          match.validated().map(wanted -> wanted ? "validated" : "not validated").orElse("");
      String and = presented.isEmpty() || validated.isEmpty() ? "" : " and ";
      return "the caller's certificate is " + presented + and + validated;
    }
  }
}
