package dev.proxyless.mesh.okhttp;

import dev.proxyless.mesh.call.Failure;
import java.io.IOException;
import java.net.ProtocolException;
import java.net.SocketTimeoutException;
import javax.net.ssl.SSLException;

/** Puts what OkHttp throws into the words of the mesh. */
final class Failures {

  private static final String STREAM_RESET = "stream was reset: ";

  /** How OkHttp's HTTP/1 says that a connection ended within a body. */
  private static final String CUT_SHORT = "unexpected end of stream";

  private Failures() {}

  /**
   * A try that failed on the way to its response's head, for a reason of neither timer nor caller.
   */
  static Failure classify(IOException failure, boolean connected) {
    if (!connected) {
      return failure instanceof SocketTimeoutException
          ? Failure.CONNECTION_TIMEOUT
          : Failure.REMOTE_CONNECTION_FAILURE;
    }
    String message = String.valueOf(failure.getMessage());
    if (message.startsWith(STREAM_RESET)) {
      return message.endsWith("REFUSED_STREAM")
          ? Failure.REMOTE_REFUSED_STREAM_RESET
          : Failure.REMOTE_RESET;
    }
    if (failure instanceof SocketTimeoutException) {
      return Failure.LOCAL_RESET; // the client's own read or write time-out
    }
    return failure instanceof ProtocolException && !message.startsWith(CUT_SHORT)
        ? Failure.PROTOCOL_ERROR
        : Failure.CONNECTION_TERMINATION;
  }

  /** What happened, for people. */
  static String describe(IOException failure, boolean connected) {
    StringBuilder words = new StringBuilder();
    for (Throwable each = failure; each != null && words.length() < 500; each = each.getCause()) {
      words.append(words.isEmpty() ? "" : "; caused by ").append(each);
    }
    if (!connected && failure instanceof SSLException) {
      words.insert(0, "TLS was not agreed on: ");
    }
    return words.toString();
  }
}
