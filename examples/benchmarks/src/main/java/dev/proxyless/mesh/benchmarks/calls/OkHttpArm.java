package dev.proxyless.mesh.benchmarks.calls;

import java.io.IOException;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import okhttp3.ConnectionPool;
import okhttp3.ConnectionSpec;
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

  /** One client that sends one request; {@code meters} are those of {@link PlainMeters#NONE}. */
  static OkHttpArm of(OkHttpClient client, String url, PlainMeters meters) {
    return new OkHttpArm(List.of(client), List.of(request(url)), meters);
  }

  /** A client for each endpoint, in turn. */
  static OkHttpArm ofEach(List<String> endpoints, PlainMeters meters) {
    OkHttpClient shared = client().build();
    return new OkHttpArm(
        endpoints.stream()
            .map(
                each ->
                    shared
                        .newBuilder()
                        .connectionPool(new ConnectionPool(64, 5, TimeUnit.MINUTES))
                        .build())
            .toList(),
        endpoints.stream().map(each -> request("http://" + each + "/path")).toList(),
        meters);
  }

  /** With a client's certificate, over TLS 1.3. */
  static OkHttpArm overTls(Certificates.Tls tls, String endpoint, PlainMeters meters) {
    OkHttpClient client =
        client()
            .sslSocketFactory(tls.context().getSocketFactory(), tls.trust())
            .connectionSpecs(
                List.of(
                    new ConnectionSpec.Builder(ConnectionSpec.MODERN_TLS)
                        .tlsVersions(TlsVersion.TLS_1_3)
                        .build()))
            .protocols(List.of(okhttp3.Protocol.HTTP_1_1))
            .build();
    return of(client, "https://" + endpoint + "/path", meters);
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
