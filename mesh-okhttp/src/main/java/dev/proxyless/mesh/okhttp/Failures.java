package dev.proxyless.mesh.okhttp;

import dev.proxyless.mesh.call.Failure;
import java.io.IOException;
import java.net.ProtocolException;
import java.net.SocketTimeoutException;
import javax.net.ssl.SSLException;
import okhttp3.Protocol;
import org.jspecify.annotations.Nullable;

/** Puts what OkHttp throws into the words of the mesh. */
final class Failures {

  private static final String STREAM_RESET = "stream was reset: ";

  private Failures() {}

  /**
   * A try that failed, for a reason of neither timer nor caller.
   *
   * @param unanswered its connection, where no head of the response came
   */
  static Failure classify(
      IOException failure, @Nullable UsedConnection unanswered, boolean connected, String method) {
    if (!connected) {
      return failure instanceof SocketTimeoutException
          ? Failure.CONNECTION_TIMEOUT
          : Failure.REMOTE_CONNECTION_FAILURE;
    }
    String message = String.valueOf(failure.getMessage());
    boolean byConnection = unanswered != null && unanswered.isOver();
    if (message.startsWith(STREAM_RESET) && !byConnection) {
      return message.endsWith("REFUSED_STREAM")
          ? Failure.REMOTE_REFUSED_STREAM_RESET
          : Failure.REMOTE_RESET;
    }
    if (failure instanceof SocketTimeoutException) {
      return Failure.LOCAL_RESET; // the client's own read or write time-out
    }
    if (failure instanceof ProtocolException
        || (unanswered != null && unanswered.hasBegunToAnswer())) {
      return Failure.PROTOCOL_ERROR;
    }
    return unanswered != null && unanswered.diedIdle(method)
        ? Failure.DEAD_CONNECTION
        : Failure.CONNECTION_TERMINATION;
  }

  /**
   * Why a body broke off. The end of an HTTP/1 connection within a message is a breach of the
   * protocol, as it is for Envoy.
   */
  static Failure ofBody(IOException failure, Protocol protocol) {
    Failure found = classify(failure, null, true, "");
    boolean http1 = protocol == Protocol.HTTP_1_1 || protocol == Protocol.HTTP_1_0;
    return http1 && found == Failure.CONNECTION_TERMINATION ? Failure.PROTOCOL_ERROR : found;
  }

  /** What happened, for people. */
  static String describe(
      IOException failure, @Nullable UsedConnection unanswered, boolean connected) {
    StringBuilder words = new StringBuilder();
    if (unanswered != null && unanswered.headNeverEnded()) {
      words.append("the head of the response did not end within 256 KiB");
    }
    for (Throwable each = failure; each != null && words.length() < 500; each = each.getCause()) {
      words.append(words.isEmpty() ? "" : "; caused by ").append(each);
    }
    if (!connected && failure instanceof SSLException) {
      words.insert(0, "TLS was not agreed on: ");
    }
    return words.toString();
  }
}
