package dev.proxyless.mesh.okhttp;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Proxy;
import java.util.List;
import okhttp3.Call;
import okhttp3.Connection;
import okhttp3.EventListener;
import okhttp3.Handshake;
import okhttp3.HttpUrl;
import okhttp3.Protocol;
import okhttp3.Request;
import okhttp3.Response;
import org.jspecify.annotations.Nullable;

/**
 * The events of one try: how far it came, for the mesh; and, under the caller's own call, for the
 * application's listener. The start and end of the inner call are not passed on, since the
 * application's call starts and ends once; nor is what OkHttp decides about sending again, since
 * the mesh decides that.
 */
final class AttemptEvents extends EventListener {

  private final Call outer;
  private final EventListener application;
  private final InnerClient client;
  private final Runnable sentWhole;
  private final Ended ended;
  private volatile boolean connecting;
  private volatile boolean acquired;
  private volatile boolean sent;
  private volatile boolean answered;
  private volatile @Nullable UsedConnection used;

  /** Told when the inner call is over, its response's body included. */
  interface Ended {
    void ended(@Nullable IOException failure);
  }

  AttemptEvents(
      Call outer, EventListener application, InnerClient client, Runnable sentWhole, Ended ended) {
    this.outer = outer;
    this.application = application;
    this.client = client;
    this.sentWhole = sentWhole;
    this.ended = ended;
  }

  /** Whether the try had a connection. */
  boolean wasConnected() {
    return acquired;
  }

  /** Whether any of the request may have reached the endpoint. */
  boolean wasSent() {
    return sent;
  }

  /**
   * The connection that the try used; null where it had none, or where a head of the response came.
   */
  @Nullable UsedConnection unanswered() {
    return answered ? null : used;
  }

  /** Whether the other side has ended the connection that the try used. */
  boolean isConnectionEnded() {
    UsedConnection connection = used;
    return connection != null && connection.isEnded();
  }

  @Override
  public void connectionAcquired(Call call, Connection connection) {
    EndpointSocket socket = client.socket(connection);
    if (socket != null) {
      used = new UsedConnection(socket, connection, !connecting);
    }
    acquired = true;
    application.connectionAcquired(outer, connection);
  }

  @Override
  public void requestHeadersStart(Call call) {
    sent = true;
    application.requestHeadersStart(outer);
  }

  @Override
  public void callEnd(Call call) {
    ended.ended(null);
  }

  @Override
  public void callFailed(Call call, IOException failure) {
    ended.ended(failure);
  }

  @Override
  public void proxySelectStart(Call call, HttpUrl url) {
    application.proxySelectStart(outer, url);
  }

  @Override
  public void proxySelectEnd(Call call, HttpUrl url, List<Proxy> proxies) {
    application.proxySelectEnd(outer, url, proxies);
  }

  @Override
  public void dnsStart(Call call, String domainName) {
    application.dnsStart(outer, domainName);
  }

  @Override
  public void dnsEnd(Call call, String domainName, List<InetAddress> addresses) {
    application.dnsEnd(outer, domainName, addresses);
  }

  @Override
  public void connectStart(Call call, InetSocketAddress address, Proxy proxy) {
    connecting = true;
    application.connectStart(outer, address, proxy);
  }

  @Override
  public void secureConnectStart(Call call) {
    application.secureConnectStart(outer);
  }

  @Override
  public void secureConnectEnd(Call call, @Nullable Handshake handshake) {
    application.secureConnectEnd(outer, handshake);
  }

  @Override
  public void connectEnd(
      Call call, InetSocketAddress address, Proxy proxy, @Nullable Protocol protocol) {
    application.connectEnd(outer, address, proxy, protocol);
  }

  @Override
  public void connectFailed(
      Call call,
      InetSocketAddress address,
      Proxy proxy,
      @Nullable Protocol protocol,
      IOException failure) {
    application.connectFailed(outer, address, proxy, protocol, failure);
  }

  @Override
  public void connectionReleased(Call call, Connection connection) {
    UsedConnection released = used;
    if (released != null) {
      released.released();
    }
    client.released();
    application.connectionReleased(outer, connection);
  }

  @Override
  public void requestHeadersEnd(Call call, Request request) {
    if (request.body() == null) {
      sentWhole.run();
    }
    application.requestHeadersEnd(outer, request);
  }

  @Override
  public void requestBodyStart(Call call) {
    application.requestBodyStart(outer);
  }

  @Override
  public void requestBodyEnd(Call call, long byteCount) {
    sentWhole.run();
    application.requestBodyEnd(outer, byteCount);
  }

  @Override
  public void requestFailed(Call call, IOException failure) {
    application.requestFailed(outer, failure);
  }

  @Override
  public void responseHeadersStart(Call call) {
    answered = true;
    application.responseHeadersStart(outer);
  }

  @Override
  public void responseHeadersEnd(Call call, Response response) {
    application.responseHeadersEnd(outer, response);
  }

  @Override
  public void responseBodyStart(Call call) {
    application.responseBodyStart(outer);
  }

  @Override
  public void responseBodyEnd(Call call, long byteCount) {
    application.responseBodyEnd(outer, byteCount);
  }

  @Override
  public void responseFailed(Call call, IOException failure) {
    application.responseFailed(outer, failure);
  }

  @Override
  public void cacheHit(Call call, Response response) {
    application.cacheHit(outer, response);
  }

  @Override
  public void cacheMiss(Call call) {
    application.cacheMiss(outer);
  }

  @Override
  public void cacheConditionalHit(Call call, Response cachedResponse) {
    application.cacheConditionalHit(outer, cachedResponse);
  }

  @Override
  public void satisfactionFailure(Call call, Response response) {
    application.satisfactionFailure(outer, response);
  }
}
