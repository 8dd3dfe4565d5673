package dev.proxyless.mesh.benchmarks.calls;

import java.io.IOException;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import okhttp3.ConnectionPool;
import okhttp3.ConnectionSpec;
import okhttp3.Dns;
import okhttp3.OkHttpClient;
import okhttp3.Request;
import okhttp3.Response;
import okhttp3.TlsVersion;
import okio.Okio;

/** Calls by OkHttp: with one client, or with several in turn. */
final class OkHttpArm implements Arm {

  /** Room for all connections of the largest load, so that none is made anew between slices. */
  private static final int MAX_IDLE = 1_024;

  private final List<OkHttpClient> clients;
  private final List<Request> requests;
  private final PlainMeters meters;
  private final AtomicInteger turn = new AtomicInteger();

  private OkHttpArm(List<OkHttpClient> clients, List<Request> requests, PlainMeters meters) {
    this.clients = clients;
    this.requests = requests;
    this.meters = meters;
  }

  /** A client with a pool of its own. */
  static OkHttpClient.Builder client() {
    return new OkHttpClient.Builder()
        .connectionPool(new ConnectionPool(MAX_IDLE, 5, TimeUnit.MINUTES));
  }

  static Request request(String url) {
    return new Request.Builder().url(url).build();
  }

  /** A client of one's own that sends one request. */
  static OkHttpArm of(OkHttpClient client, String url, PlainMeters meters) {
    return new OkHttpArm(List.of(client), List.of(request(url)), meters);
  }

  /** One client. It calls a name, as applications do, which is that of the arm. */
  static OkHttpArm plain(ArmName arm, String endpoint, PlainMeters meters) throws IOException {
    return of(client().dns(leadingTo(endpoint)).build(), url("http", arm, endpoint), meters);
  }

  /** A client for each endpoint, in turn. */
  static OkHttpArm ofEach(ArmName arm, List<String> endpoints, PlainMeters meters)
      throws IOException {
    OkHttpClient shared = client().build();
    List<OkHttpClient> clients = new ArrayList<>();
    List<Request> requests = new ArrayList<>();
    for (String endpoint : endpoints) {
      clients.add(
          shared
              .newBuilder()
              .dns(leadingTo(endpoint))
              .connectionPool(new ConnectionPool(64, 5, TimeUnit.MINUTES))
              .build());
      requests.add(request(url("http", arm, endpoint)));
    }
    return new OkHttpArm(clients, requests, meters);
  }

  /** With a client's certificate, over TLS 1.3. */
  static OkHttpArm overTls(ArmName arm, Certificates.Tls tls, String endpoint, PlainMeters meters)
      throws IOException {
    OkHttpClient client =
        client()
            .dns(leadingTo(endpoint))
            .sslSocketFactory(tls.context().getSocketFactory(), tls.trust())
            .connectionSpecs(
                List.of(
                    new ConnectionSpec.Builder(ConnectionSpec.MODERN_TLS)
                        .tlsVersions(TlsVersion.TLS_1_3)
                        .build()))
            .protocols(List.of(okhttp3.Protocol.HTTP_1_1))
            .build();
    return of(client, url("https", arm, endpoint), meters);
  }

  private static String url(String scheme, ArmName arm, String endpoint) {
    return scheme + "://" + arm.host() + endpoint.substring(endpoint.lastIndexOf(':')) + "/path";
  }

  private static Dns leadingTo(String endpoint) throws IOException {
    List<InetAddress> addresses =
        List.of(InetAddress.getByName(endpoint.substring(0, endpoint.lastIndexOf(':'))));
    return name -> addresses;
  }

  @Override
  public void call() throws IOException {
    int at = clients.size() == 1 ? 0 : Math.floorMod(turn.getAndIncrement(), clients.size());
    call(clients.get(at), requests.get(at), meters);
  }

  /** One call, read to its end. */
  static void call(OkHttpClient client, Request request, PlainMeters meters) throws IOException {
    long begin = meters.begin();
    try (Response response = client.newCall(request).execute()) {
      long read = response.body().source().readAll(Okio.blackhole());
      check(response.code(), read);
    }
    meters.end(begin);
  }

  /** Fails unless the answer is the server's. */
  static void check(int status, long bytes) throws IOException {
    if (status != 200 || bytes != BackendServer.BODY_BYTES) {
      throw new IOException(
          "the answer has status "
              + status
              + " and "
              + bytes
              + " bytes; right would be 200 and "
              + BackendServer.BODY_BYTES);
    }
  }

  @Override
  public void close() {
    clients.forEach(each -> each.connectionPool().evictAll());
    clients.get(0).dispatcher().executorService().shutdown();
  }
}
