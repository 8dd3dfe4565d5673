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

  /** A reset with a code that OkHttp does not know, for which it gives the connection up. */
  private static final String UNKNOWN_CODE = "TYPE_RST_STREAM unexpected error code";

  /** How OkHttp resets the streams of a connection that the other side has ended. */
  private static final String CANCEL = "CANCEL";

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
    if (message.startsWith(STREAM_RESET)) {
      boolean byConnection = unanswered != null && unanswered.isEnded();
      Failure reset = ofReset(message.substring(STREAM_RESET.length()), byConnection);
      if (reset != null) {
        return reset;
      }
    }
    if (message.startsWith(UNKNOWN_CODE)) {
      return Failure.REMOTE_RESET;
    }
    if (failure instanceof SocketTimeoutException) {
      return Failure.LOCAL_RESET; // the client's own read or write time-out
    }
    if (failure instanceof ProtocolException
        || (unanswered != null
            && (unanswered.hasBegunToAnswer() || isBreach(failure, unanswered)))) {
      return Failure.PROTOCOL_ERROR;
    }
    return unanswered != null && unanswered.diedIdle(method)
        ? Failure.DEAD_CONNECTION
        : Failure.CONNECTION_TERMINATION;
  }

  /**
   * Whether OkHttp gave a connection of HTTP/2 up by itself, since what came there is no HTTP/2: it
   * throws no exception of its own for that.
   */
  private static boolean isBreach(IOException failure, UsedConnection connection) {
    return connection.isMultiplexed()
        && !connection.isEnded()
        && failure.getClass() == IOException.class;
  }

  /** What the code of a stream's reset means; null where the connection ended it. */
  private static @Nullable Failure ofReset(String code, boolean byConnection) {
    return switch (code) {
      case "REFUSED_STREAM" -> Failure.REMOTE_REFUSED_STREAM_RESET;
      case "CONNECT_ERROR" -> Failure.REMOTE_CONNECT_ERROR;
      case "PROTOCOL_ERROR" -> Failure.PROTOCOL_ERROR;
      case CANCEL -> byConnection ? null : Failure.REMOTE_RESET;
      default -> Failure.REMOTE_RESET;
    };
  }

  /**
   * Why a body broke off. The end of an HTTP/1 connection within a message is a breach of the
   * protocol, as it is for Envoy.
   *
   * @param connectionEnded whether the other side has ended the connection
   */
  static Failure ofBody(IOException failure, Protocol protocol, boolean connectionEnded) {
    Failure found = classify(failure, null, true, "");
    if (protocol == Protocol.HTTP_1_1 || protocol == Protocol.HTTP_1_0) {
      return found == Failure.CONNECTION_TERMINATION ? Failure.PROTOCOL_ERROR : found;
    }
    boolean byConnection = connectionEnded && (STREAM_RESET + CANCEL).equals(failure.getMessage());
    return byConnection ? Failure.CONNECTION_TERMINATION : found;
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
