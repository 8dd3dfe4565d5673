package dev.proxyless.mesh.tls;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.security.cert.X509Certificate;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.ExtendedSSLSession;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLPeerUnverifiedException;
import javax.net.ssl.SSLSession;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.SSLSocketFactory;

/**
 * One connection over loopback: a handshake, a byte each way. Both sides' sight of it is kept, or
 * how they failed.
 */
record Conversation(Side client, Side server) {

  private static final int BOUND_MILLIS = 20_000;

  /**
   * What one side saw.
   *
   * @param protocol of TLS; empty where it failed
   * @param peer the other side's serial number; empty where it showed no certificate
   * @param sni what the client asked for, as the server saw it
   * @param created when the session was made: the same where it was resumed
   * @param failure empty where all went well
   */
  record Side(String protocol, String peer, String sni, long created, String failure) {
    boolean isGood() {
      return failure.isEmpty();
    }
  }

  boolean isGood() {
    return client.isGood() && server.isGood();
  }

  /** Connects by a client's current generation to a server's. */
  static Conversation between(ClientTls client, ServerTls server) {
    return between(client.current(), server.sslContext());
  }

  static Conversation between(ClientTls.Identity client, SSLContext server) {
    try (ServerSocket listening = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return at(listening, client, server);
    } catch (IOException broken) {
      throw new AssertionError(broken);
    }
  }

  /** Connects to a port that stays, so that the client can resume a session. */
  static Conversation at(ServerSocket listening, ClientTls.Identity client, SSLContext server) {
    try {
      listening.setSoTimeout(BOUND_MILLIS);
      CompletableFuture<Side> served =
          CompletableFuture.supplyAsync(() -> serve(listening, server.getSocketFactory()));
      Side called;
      try (Socket raw = new Socket(listening.getInetAddress(), listening.getLocalPort())) {
        SSLSocketFactory sockets = client.socketFactory();
        SSLSocket socket =
            (SSLSocket) sockets.createSocket(raw, "127.0.0.1", listening.getLocalPort(), true);
        called = talk(socket, true, session -> client.hostnameVerifier().verify("h", session));
      }
      return new Conversation(called, served.get(BOUND_MILLIS, TimeUnit.MILLISECONDS));
    } catch (Exception broken) {
      throw new AssertionError(broken);
    }
  }

  private static Side serve(ServerSocket listening, SSLSocketFactory sockets) {
    try (Socket raw = listening.accept()) {
      return talk((SSLSocket) sockets.createSocket(raw, null, true), false, session -> true);
    } catch (IOException failed) {
      return failure(failed);
    }
  }

  private interface NameCheck {
    boolean accepts(SSLSession session);
  }

  private static Side talk(SSLSocket socket, boolean first, NameCheck names) {
    try (socket) {
      socket.setSoTimeout(BOUND_MILLIS);
      socket.startHandshake();
      if (!names.accepts(socket.getSession())) {
        return new Side("", "", "", 0, "name not accepted");
      }
      // the server's byte comes after the client's certificate was checked, also in TLS 1.3
      if (first) {
        socket.getOutputStream().write(1);
      }
      int received = socket.getInputStream().read();
      if (received != 1) {
        return new Side("", "", "", 0, "read " + received);
      }
      if (!first) {
        socket.getOutputStream().write(1);
      }
      SSLSession session = socket.getSession();
      return new Side(
          session.getProtocol(), peer(session), sni(session), session.getCreationTime(), "");
    } catch (IOException failed) {
      return failure(failed);
    }
  }

  private static Side failure(IOException failed) {
    StringBuilder words = new StringBuilder(failed.getClass().getSimpleName());
    for (Throwable each = failed; each != null; each = each.getCause()) {
      words.append(": ").append(each.getMessage());
    }
    return new Side("", "", "", 0, words.toString());
  }

  private static String peer(SSLSession session) {
    try {
      return session.getPeerCertificates()[0] instanceof X509Certificate leaf
          ? leaf.getSerialNumber().toString(16)
          : "";
    } catch (SSLPeerUnverifiedException nobody) {
      return "";
    }
  }

  private static String sni(SSLSession session) {
    if (session instanceof ExtendedSSLSession extended) {
      List<String> names =
          extended.getRequestedServerNames().stream()
              .map(name -> new String(name.getEncoded(), java.nio.charset.StandardCharsets.UTF_8))
              .toList();
      return String.join(",", names);
    }
    return "";
  }
}
