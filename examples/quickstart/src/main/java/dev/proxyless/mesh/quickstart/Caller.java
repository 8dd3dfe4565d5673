package dev.proxyless.mesh.quickstart;

import dev.proxyless.mesh.Bootstrap;
import dev.proxyless.mesh.Mesh;
import dev.proxyless.mesh.okhttp.MeshOkHttp;
import dev.proxyless.mesh.telemetry.MeshListener;
import dev.proxyless.mesh.time.MeshTime;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.io.IOException;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import okhttp3.Handshake;
import okhttp3.OkHttpClient;
import okhttp3.Request;
import okhttp3.Response;

/** serviceA: an application whose OkHttp client goes through the mesh, with meters. */
final class Caller implements AutoCloseable {

  static final String URL = "http://serviceb.apps.local:8000/";

  private final SimpleMeterRegistry registry = new SimpleMeterRegistry();
  private final long builtNanos = System.nanoTime();
  private final Mesh mesh;
  private final OkHttpClient client;
  private final Map<String, String> serverSerials = new ConcurrentHashMap<>();

  Caller(Bootstrap bootstrap, MeshTime time, MeshListener listener) {
    mesh =
        Mesh.builder()
            .bootstrap(bootstrap)
            .meterRegistry(registry)
            .listener(listener)
            .time(time)
            .build();
    client = MeshOkHttp.install(mesh, new OkHttpClient.Builder()).build();
  }

  /** What a call came to: a response, or {@code 0} and why there is none. */
  record Answer(int status, String body) {
    boolean isGood() {
      return status == 200;
    }

    @Override
    public String toString() {
      return status == 0 ? body : status + " \"" + body + "\"";
    }
  }

  /** Calls serviceB. The URL names the virtual service; all else is the mesh's part. */
  Answer call() {
    try (Response response = client.newCall(new Request.Builder().url(URL).build()).execute()) {
      Answer answer = new Answer(response.code(), response.body().string());
      Handshake handshake = response.handshake();
      if (answer.isGood()
          && handshake != null
          && handshake.peerCertificates().get(0) instanceof X509Certificate leaf) {
        serverSerials.put(answer.body(), Certificates.serial(leaf));
      }
      return answer;
    } catch (IOException failure) {
      return new Answer(0, failure.toString());
    }
  }

  /** How long ago it was built. */
  Duration age() {
    return Duration.ofNanos(System.nanoTime() - builtNanos);
  }

  /** The serial number of the certificate that a backend showed last. */
  String serverSerial(String backend) {
    return serverSerials.getOrDefault(backend, "");
  }

  /** Tries made so far, by the mesh's own meters. */
  long attempts() {
    return Math.round(
        registry.find("mesh.client.attempts").counters().stream()
            .mapToDouble(Counter::count)
            .sum());
  }

  /** Retries made so far, by the mesh's own meters. */
  long retries() {
    return Math.round(
        registry.find("mesh.client.attempts").tag("reason", "retry").counters().stream()
            .mapToDouble(Counter::count)
            .sum());
  }

  @Override
  public void close() {
    mesh.close();
    client.dispatcher().executorService().shutdown();
    client.connectionPool().evictAll();
  }
}
