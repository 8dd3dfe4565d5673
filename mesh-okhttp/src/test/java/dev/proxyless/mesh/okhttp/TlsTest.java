package dev.proxyless.mesh.okhttp;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.proxyless.mesh.telemetry.CallInfo;
import dev.proxyless.mesh.testing.TestCertificates;
import dev.proxyless.mesh.testing.TestCertificates.Issued;
import java.io.IOException;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;
import mockwebserver3.Dispatcher;
import mockwebserver3.MockResponse;
import mockwebserver3.MockWebServer;
import mockwebserver3.RecordedRequest;
import okhttp3.OkHttpClient;
import okhttp3.Protocol;
import okhttp3.Request;
import okhttp3.Response;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** mTLS by URI names, rotation under load, and protocols. */
class TlsTest {

  private static final String SERVER = "spiffe://test/server";
  private static final String CLIENT = "spiffe://test/client";

  @TempDir Path files;
  private final TestCertificates authority = new TestCertificates("test authority");
  private MeshRig rig;

  @BeforeEach
  void start() throws IOException {
    rig = new MeshRig().allow(files);
    authority.write(files, "client", authority.issue(CLIENT));
  }

  @AfterEach
  void stop() throws IOException {
    rig.close();
  }

  /** A backend that shows a certificate with this name and demands one of the authority. */
  private MockWebServer backend(String name) throws IOException, GeneralSecurityException {
    MockWebServer backend = new MockWebServer();
    backend.useHttps(serverContext(authority.issue(name)).getSocketFactory());
    backend.requireClientAuth();
    backend.setDispatcher(
        new Dispatcher() {
          @Override
          public MockResponse dispatch(RecordedRequest request) {
            return new MockResponse.Builder().body("ok").build();
          }
        });
    backend.start();
    rig.closeLater(backend);
    return backend;
  }

  private SSLContext serverContext(Issued issued) throws GeneralSecurityException, IOException {
    char[] password = {};
    KeyStore keys = KeyStore.getInstance("PKCS12");
    keys.load(null, password);
    keys.setKeyEntry(
        "own", issued.keys().getPrivate(), password, new X509Certificate[] {issued.certificate()});
    KeyManagerFactory keyManagers = KeyManagerFactory.getInstance("PKIX");
    keyManagers.init(keys, password);
    KeyStore trusted = KeyStore.getInstance("PKCS12");
    trusted.load(null, password);
    trusted.setCertificateEntry("authority", authority.certificate());
    TrustManagerFactory trust = TrustManagerFactory.getInstance("PKIX");
    trust.init(trusted);
    SSLContext context = SSLContext.getInstance("TLS");
    context.init(keyManagers.getKeyManagers(), trust.getTrustManagers(), null);
    return context;
  }

  private String transportSocket(String expectedName) {
    return """
    transport_socket:
      name: envoy.transport_sockets.tls
      typed_config:
        "@type": type.googleapis.com/envoy.extensions.transport_sockets.tls.v3.UpstreamTlsContext
        common_tls_context:
          tls_certificates:
          - certificate_chain: {filename: %1$s/client.pem}
            private_key: {filename: %1$s/client-key.pem}
          validation_context:
            trusted_ca: {filename: %1$s/ca.pem}
            match_typed_subject_alt_names:
            - {san_type: URI, matcher: {exact: "%2$s"}}
    """
        .formatted(files, expectedName);
  }

  private static Request get() {
    return new Request.Builder().url(MeshRig.URL).build();
  }

  private static X509Certificate shown(RecordedRequest request) {
    return (X509Certificate) request.getHandshake().peerCertificates().get(0);
  }

  @Test
  void bothSidesKnowEachOtherByTheirUriNames() throws Exception {
    MockWebServer backend = backend(SERVER);
    rig.cluster("c", transportSocket(SERVER), backend).route("cluster: c");
    try (Response response = rig.client().newCall(get()).execute()) {
      assertEquals("ok", response.body().string());
      assertEquals(MeshRig.URL, response.request().url().toString());
    }
    RecordedRequest seen = backend.takeRequest();
    assertEquals("s.local:8000", seen.getHeaders().get("Host"));
    assertTrue(
        shown(seen).getSubjectAlternativeNames().contains(List.of(6, CLIENT)),
        "the backend saw the client's name");
  }

  @Test
  void aServerWithAnotherNameIsNotTalkedTo() throws Exception {
    MockWebServer backend = backend("spiffe://test/other");
    rig.cluster("c", transportSocket(SERVER), backend).route("cluster: c");
    try (Response response = rig.client().newCall(get()).execute()) {
      assertEquals(503, response.code());
      CallInfo info = MeshOkHttp.callInfo(response).orElseThrow();
      assertEquals("UF", info.flags().toString());
      assertTrue(info.explanation().contains("spiffe://test/other"), info.explanation());
      assertTrue(info.explanation().contains(SERVER), info.explanation());
    }
    assertEquals(0, backend.getRequestCount());
  }

  @Test
  void aServerOfAnotherAuthorityIsNotTalkedTo() throws Exception {
    MockWebServer backend = backend(SERVER);
    TestCertificates.replace(
        files.resolve("ca.pem"), new TestCertificates("somebody else").authorityPem());
    rig.cluster("c", transportSocket(SERVER), backend).route("cluster: c");
    try (Response response = rig.client().newCall(get()).execute()) {
      assertEquals(503, response.code());
    }
    assertEquals(0, backend.getRequestCount());
  }

  @Test
  void aRotatedCertificateIsShownUnderLoadAndNoCallFails() throws Exception {
    MockWebServer backend = backend(SERVER);
    rig.cluster("c", transportSocket(SERVER), backend).route("cluster: c");
    OkHttpClient client = rig.client();
    client.newCall(get()).execute().close();
    String before = shown(backend.takeRequest()).getSerialNumber().toString(16);
    AtomicInteger failed = new AtomicInteger();
    AtomicReference<String> seen = new AtomicReference<>(before);
    CountDownLatch rotated = new CountDownLatch(1);
    Thread load =
        new Thread(
            () -> {
              while (rotated.getCount() > 0) {
                try (Response response = client.newCall(get()).execute()) {
                  if (!response.isSuccessful()) {
                    failed.incrementAndGet();
                  }
                  RecordedRequest request = backend.takeRequest(20, TimeUnit.SECONDS);
                  if (request != null) {
                    seen.set(shown(request).getSerialNumber().toString(16));
                  }
                } catch (IOException | InterruptedException failure) {
                  failed.incrementAndGet();
                }
                if (!seen.get().equals(before)) {
                  rotated.countDown();
                }
              }
            });
    load.start();
    Issued next = authority.issue(CLIENT);
    authority.write(files, "client", next);
    assertTrue(rotated.await(20, TimeUnit.SECONDS), "the new certificate was shown");
    load.join();
    assertEquals(next.serial(), seen.get());
    assertNotEquals(before, seen.get());
    assertEquals(0, failed.get());
  }

  @Test
  void aTlsConnectionThatWasClosedInOrderWhileItIdledIsMadeUpFor() throws Exception {
    AdvancingTime time = new AdvancingTime();
    MockWebServer backend = backend(SERVER);
    AtomicInteger requests = new AtomicInteger();
    backend.setDispatcher(
        new Dispatcher() {
          @Override
          public MockResponse dispatch(RecordedRequest request) {
            return requests.incrementAndGet() == 2
                ? MeshRig.closesAfterRequest()
                : new MockResponse.Builder().body("ok").build();
          }
        });
    rig.time(time).cluster("c", transportSocket(SERVER), backend).route("cluster: c");
    OkHttpClient client = rig.client();
    client.newCall(get()).execute().close();
    time.advance(Duration.ofSeconds(1));
    try (Response response = client.newCall(get()).execute()) {
      assertEquals(
          200, response.code(), () -> MeshOkHttp.callInfo(response).orElseThrow().explanation());
      assertEquals(2, MeshOkHttp.callInfo(response).orElseThrow().attempts());
    }
    assertEquals(3, requests.get());
  }

  @Test
  void http2IsAgreedOnByAlpnOverTls() throws Exception {
    MockWebServer backend = backend(SERVER);
    rig.cluster("c", transportSocket(SERVER) + protocol("http2_protocol_options"), backend)
        .route("cluster: c");
    try (Response response = rig.client().newCall(get()).execute()) {
      assertEquals("ok", response.body().string());
      assertEquals(Protocol.HTTP_2, response.protocol());
    }
  }

  @Test
  void http1IsSpokenUnlessTheClusterSaysOtherwise() throws Exception {
    MockWebServer backend = backend(SERVER);
    rig.cluster("c", transportSocket(SERVER), backend).route("cluster: c");
    try (Response response = rig.client().newCall(get()).execute()) {
      assertEquals(Protocol.HTTP_1_1, response.protocol());
    }
  }

  @Test
  void http2WithoutTlsIsSpokenByPriorKnowledge() throws Exception {
    MockWebServer backend = new MockWebServer();
    backend.setProtocols(List.of(Protocol.H2_PRIOR_KNOWLEDGE));
    backend.enqueue(new MockResponse.Builder().body("h2").build());
    backend.start();
    rig.closeLater(backend);
    rig.cluster("c", protocol("http2_protocol_options"), backend).route("cluster: c");
    try (Response response = rig.client().newCall(get()).execute()) {
      assertEquals("h2", response.body().string());
      assertEquals(Protocol.H2_PRIOR_KNOWLEDGE, response.protocol());
    }
  }

  private static String protocol(String options) {
    return """
    typed_extension_protocol_options:
      envoy.extensions.upstreams.http.v3.HttpProtocolOptions:
        "@type": type.googleapis.com/envoy.extensions.upstreams.http.v3.HttpProtocolOptions
        explicit_http_config: {%s: {}}
    """
        .formatted(options);
  }
}
