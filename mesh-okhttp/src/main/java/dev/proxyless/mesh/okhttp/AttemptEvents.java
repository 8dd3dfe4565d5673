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
import okhttp3.Interceptor;
import okhttp3.Protocol;
import okhttp3.Request;
import okhttp3.Response;
import org.jspecify.annotations.Nullable;

/**
 * The events of one try's inner call: how far it came, for the mesh; and, under the caller's own
 * call, for the application's listener. The start and end of the inner call are not passed on,
 * since the application's call starts and ends once; nor is what OkHttp decides about sending
 * again, since the mesh decides that.
 */
abstract class AttemptEvents extends EventListener {

  private final InnerClient client;
  private volatile boolean connecting;
  private volatile boolean acquired;
  private volatile boolean sent;
  private volatile boolean answered;
  private long idleNanos;
  private long receivedBefore;
  private @Nullable Connection connection;

  /** Written last of what is known of the connection. */
  private volatile @Nullable EndpointSocket socket;

  AttemptEvents(InnerClient client) {
    this.client = client;
  }

  /** Of the caller's own call. */
  abstract Interceptor.Chain chain();

  /** The request has been sent whole. */
  abstract void sent();

  /** The inner call is over, its response's body included. */
  abstract void ended(@Nullable IOException failure);

  /** The client that makes the try. */
  InnerClient client() {
    return client;
  }

  private EventListener application() {
    return chain().getEventListener();
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
    EndpointSocket below = socket;
    Connection used = connection;
    return answered || below == null || used == null
        ? null
        : new UsedConnection(below, used, !connecting, idleNanos, receivedBefore);
  }

  /** Whether the other side has ended the connection that the try used. */
  boolean isConnectionEnded() {
    EndpointSocket below = socket;
    return below != null && below.isEnded();
  }

  @Override
  public void connectionAcquired(Call call, Connection acquiredOne) {
    EndpointSocket below = client.socket(acquiredOne);
    if (below != null) {
      idleNanos = below.acquired();
      receivedBefore = UsedConnection.received(below, acquiredOne);
      connection = acquiredOne;
      socket = below;
    }
    acquired = true;
    application().connectionAcquired(chain().call(), acquiredOne);
  }

  @Override
  public void requestHeadersStart(Call call) {
    sent = true;
    application().requestHeadersStart(chain().call());
  }

  @Override
  public void callEnd(Call call) {
    ended(null);
  }

  @Override
  public void callFailed(Call call, IOException failure) {
    ended(failure);
  }

  @Override
  public void proxySelectStart(Call call, HttpUrl url) {
    application().proxySelectStart(chain().call(), url);
  }

  @Override
  public void proxySelectEnd(Call call, HttpUrl url, List<Proxy> proxies) {
    application().proxySelectEnd(chain().call(), url, proxies);
  }

  @Override
  public void dnsStart(Call call, String domainName) {
    application().dnsStart(chain().call(), domainName);
  }

  @Override
  public void dnsEnd(Call call, String domainName, List<InetAddress> addresses) {
    application().dnsEnd(chain().call(), domainName, addresses);
  }

  @Override
  public void connectStart(Call call, InetSocketAddress address, Proxy proxy) {
    connecting = true;
    application().connectStart(chain().call(), address, proxy);
  }

  @Override
  public void secureConnectStart(Call call) {
    application().secureConnectStart(chain().call());
  }

  @Override
  public void secureConnectEnd(Call call, @Nullable Handshake handshake) {
    application().secureConnectEnd(chain().call(), handshake);
  }

  @Override
  public void connectEnd(
      Call call, InetSocketAddress address, Proxy proxy, @Nullable Protocol protocol) {
    application().connectEnd(chain().call(), address, proxy, protocol);
  }

  @Override
  public void connectFailed(
      Call call,
      InetSocketAddress address,
      Proxy proxy,
      @Nullable Protocol protocol,
      IOException failure) {
    application().connectFailed(chain().call(), address, proxy, protocol, failure);
  }

  @Override
  public void connectionReleased(Call call, Connection released) {
    EndpointSocket below = socket;
    if (below != null) {
      below.released();
    }
    client.released();
    application().connectionReleased(chain().call(), released);
  }

  @Override
  public void requestHeadersEnd(Call call, Request request) {
    if (request.body() == null) {
      sent();
    }
    application().requestHeadersEnd(chain().call(), request);
  }

  @Override
  public void requestBodyStart(Call call) {
    application().requestBodyStart(chain().call());
  }

  @Override
  public void requestBodyEnd(Call call, long byteCount) {
    sent();
    application().requestBodyEnd(chain().call(), byteCount);
  }

  @Override
  public void requestFailed(Call call, IOException failure) {
    application().requestFailed(chain().call(), failure);
  }

  @Override
  public void responseHeadersStart(Call call) {
    answered = true;
    application().responseHeadersStart(chain().call());
  }

  @Override
  public void responseHeadersEnd(Call call, Response response) {
    application().responseHeadersEnd(chain().call(), response);
  }

  @Override
  public void responseBodyStart(Call call) {
    application().responseBodyStart(chain().call());
  }

  @Override
  public void responseBodyEnd(Call call, long byteCount) {
    application().responseBodyEnd(chain().call(), byteCount);
  }

  @Override
  public void responseFailed(Call call, IOException failure) {
    application().responseFailed(chain().call(), failure);
  }

  @Override
  public void cacheHit(Call call, Response response) {
    application().cacheHit(chain().call(), response);
  }

  @Override
  public void cacheMiss(Call call) {
    application().cacheMiss(chain().call());
  }

  @Override
  public void cacheConditionalHit(Call call, Response cachedResponse) {
    application().cacheConditionalHit(chain().call(), cachedResponse);
  }

  @Override
  public void satisfactionFailure(Call call, Response response) {
    application().satisfactionFailure(chain().call(), response);
  }
}
