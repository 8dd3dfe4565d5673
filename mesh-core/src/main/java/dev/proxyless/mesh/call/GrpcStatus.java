package dev.proxyless.mesh.call;

import org.jspecify.annotations.Nullable;

/** gRPC's statuses as HTTP's, the way Envoy maps them. */
final class GrpcStatus {

  private static final int[] HTTP = {
    200, 499, 500, 400, 504, 404, 409, 403, 429, 400, 409, 400, 501, 500, 503, 500, 401
  };

  private GrpcStatus() {}

  /** The number in a {@code grpc-status} header; -1 where there is none. */
  static int parse(@Nullable String header) {
    if (header == null) {
      return -1;
    }
    try {
      int status = Integer.parseInt(header.strip());
      return status >= 0 && status < HTTP.length ? status : -1;
    } catch (NumberFormatException notANumber) {
      return -1;
    }
  }

  static int toHttp(int status) {
    return HTTP[status];
  }
}
