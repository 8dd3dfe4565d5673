package dev.proxyless.mesh.jdktransport;

import dev.proxyless.mesh.call.Failure;
import java.io.IOException;
import java.net.ConnectException;
import java.net.ProtocolException;
import java.net.http.HttpConnectTimeoutException;
import java.util.concurrent.CancellationException;
import java.util.concurrent.ExecutionException;

/** Puts what the JDK's client throws into the words of the mesh. */
final class Failures {

  private Failures() {}

  /** Why a try failed, other than by a timer of the mesh. */
  static Failure classify(Throwable failure) {
    for (Throwable each = failure; each != null; each = each.getCause()) {
      if (each instanceof HttpConnectTimeoutException) {
        return Failure.CONNECTION_TIMEOUT;
      }
      if (each instanceof ConnectException) {
        return Failure.REMOTE_CONNECTION_FAILURE;
      }
      if (each instanceof ProtocolException) {
        return Failure.PROTOCOL_ERROR;
      }
    }
    return Failure.CONNECTION_TERMINATION;
  }

  /** What a future ended with, as {@code HttpClient.send} would throw it. */
  static IOException asIo(ExecutionException failure) {
    Throwable cause = failure.getCause();
    if (cause instanceof IOException io) {
      return io;
    }
    if (cause instanceof RuntimeException mistake && !(cause instanceof CancellationException)) {
      throw mistake;
    }
    return new IOException(cause == null ? failure : cause);
  }
}
