package dev.proxyless.mesh.controlplane.differential;

import dev.proxyless.mesh.controlplane.RawBackend;
import dev.proxyless.mesh.controlplane.RawBackend.Connection;
import dev.proxyless.mesh.controlplane.RawBackend.Seen;
import dev.proxyless.mesh.controlplane.differential.GridCase.Behaviour;
import java.io.IOException;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;

/** A server that does what the path of a request says, and counts the tries of each call. */
final class GridBackend implements AutoCloseable {

  /** The header that has the id of a call. */
  static final String ID = "x-case";

  private static final long SLOW_MS = 2_400;
  private static final long NOTICED_MS = 100;

  private final Map<String, Integer> tries = new ConcurrentHashMap<>();
  private final RawBackend server;

  GridBackend() throws IOException {
    server = new RawBackend(this::answer);
  }

  int port() {
    return server.port();
  }

  /** How many tries of a call came in. */
  int tries(String id) {
    return tries.getOrDefault(id, 0);
  }

  /** Every connection serves one request, so that no answer depends on what came before it. */
  private void answer(Seen request, Connection connection) throws IOException {
    int number = tries.merge(request.header(ID), 1, Integer::sum);
    String[] path = request.path().split("/");
    boolean once = path[path.length - 1].equals("once");
    if (number > 1 && once) {
      response(connection, "200 OK", "", "at last");
    } else {
      behave(Behaviour.valueOf(path[path.length - 2]), connection);
    }
    if (!connection.socket().isClosed()) {
      connection.end();
    }
  }

  private static void behave(Behaviour behaviour, Connection connection) throws IOException {
    switch (behaviour) {
      case OK, REFUSED -> response(connection, "200 OK", "", "fine");
      case SERVICE_UNAVAILABLE -> response(connection, "503 No", "x-why: busy", "busy");
      case GATEWAY_TIMEOUT -> response(connection, "504 Late", "", "late");
      case INTERNAL_ERROR -> response(connection, "500 Broken", "", "");
      case CONFLICT -> response(connection, "409 Conflict", "", "both");
      case RATELIMITED_429 ->
          response(connection, "429 Slow Down", "x-envoy-ratelimited: true", "limited");
      case RATELIMITED_503 ->
          response(connection, "503 Slow Down", "x-envoy-ratelimited: true", "limited");
      case RETRY_HEADER -> response(connection, "200 OK", "x-retry-me: 1", "again");
      case GRPC_UNAVAILABLE -> grpc(connection, "14");
      case GRPC_CANCELLED -> grpc(connection, "1");
      case GRPC_OK -> grpc(connection, "0");
      case CLOSED_BEFORE_HEAD -> connection.end();
      case RESET_BEFORE_HEAD -> {
        connection.socket().setSoLinger(true, 0);
        connection.end();
      }
      case RESET_IN_BODY -> {
        connection.send("HTTP/1.1 200 OK\r\nconnection: close\r\ncontent-length: 10\r\n\r\nhalf");
        pause(NOTICED_MS);
        connection.socket().setSoLinger(true, 0);
      }
      case CLOSED_IN_HEAD -> connection.send("HTTP/1.1 200 OK\r\nx-half");
      case CLOSED_AFTER_STATUS_LINE -> connection.send("HTTP/1.1 200 OK\r\n");
      case RESET_IN_HEAD -> {
        connection.send("HTTP/1.1 200 OK\r\nx-half");
        pause(NOTICED_MS);
        connection.socket().setSoLinger(true, 0);
      }
      case NO_HTTP -> connection.send("this is no HTTP\r\n\r\n");
      case CLOSED_IN_BODY -> {
        connection.send("HTTP/1.1 200 OK\r\nconnection: close\r\ncontent-length: 10\r\n\r\nhalf");
        pause(NOTICED_MS);
      }
      case CLOSED_IN_CHUNK -> {
        connection.send(
            "HTTP/1.1 200 OK\r\nconnection: close\r\ntransfer-encoding: chunked\r\n\r\n");
        connection.send("4\r\nhalf\r\n");
        pause(NOTICED_MS);
      }
      case SLOW_HEAD -> {
        pause(SLOW_MS);
        response(connection, "200 OK", "", "slow");
      }
      case SLOW_BODY -> {
        connection.send("HTTP/1.1 200 OK\r\nconnection: close\r\ncontent-length: 8\r\n\r\nslow");
        pause(SLOW_MS);
        connection.send("body");
      }
    }
  }

  private static void grpc(Connection connection, String status) throws IOException {
    response(
        connection,
        "200 OK",
        "content-type: application/grpc\r\ngrpc-status: " + status + "\r\ngrpc-message: so",
        "");
  }

  private static void response(Connection connection, String status, String headers, String body)
      throws IOException {
    connection.send(
        "HTTP/1.1 "
            + status
            + "\r\nconnection: close\r\n"
            + (headers.isEmpty() ? "" : headers + "\r\n")
            + "content-length: "
            + body.length()
            + "\r\n\r\n"
            + body);
  }

  /** The case is about a server that takes its time. */
  private static void pause(long millis) {
    try {
      TimeUnit.MILLISECONDS.sleep(millis);
    } catch (InterruptedException ended) {
      Thread.currentThread().interrupt();
    }
  }

  @Override
  public void close() throws IOException {
    server.close();
  }
}
