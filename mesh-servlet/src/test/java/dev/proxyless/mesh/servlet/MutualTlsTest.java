package dev.proxyless.mesh.servlet;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.proxyless.mesh.Mesh;
import dev.proxyless.mesh.model.Rbac;
import dev.proxyless.mesh.model.Rbac.Action;
import dev.proxyless.mesh.model.Rbac.Permission;
import dev.proxyless.mesh.model.Rbac.Policy;
import dev.proxyless.mesh.model.Rbac.Principal;
import dev.proxyless.mesh.model.StringMatcher;
import dev.proxyless.mesh.model.StringMatcher.Kind;
import dev.proxyless.mesh.testing.TestCertificates;
import dev.proxyless.mesh.testing.TestCertificates.Issued;
import dev.proxyless.mesh.tls.PeerIdentity;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;
import javax.net.ssl.X509TrustManager;
import okhttp3.OkHttpClient;
import okhttp3.Request;
import okhttp3.Response;
import org.eclipse.jetty.http.UriCompliance;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** A port that App Mesh documents protect by mTLS. */
final class MutualTlsTest {

  private static final String B = "spiffe://apps.local/serviceB";
  private static final String C = "spiffe://apps.local/serviceC";

  @TempDir Path directory;

  private final TestCertificates authority = new TestCertificates("authority");
  private final SimpleMeterRegistry registry = new SimpleMeterRegistry();
  private final LogLines access = new LogLines("dev.proxyless.mesh.access");
  private final LogLines authz = new LogLines("dev.proxyless.mesh.authz");
  private final List<PeerIdentity> seen = new CopyOnWriteArrayList<>();
  private Mesh mesh;

  @BeforeEach
  void begin() throws InterruptedException {
    mesh =
        new TestMesh(directory)
            .mutualTls(authority, B, C)
            .start(builder -> builder.meterRegistry(registry));
  }

  @AfterEach
  void end() {
    mesh.close();
    access.close();
    authz.close();
  }

  private TestServer server() {
    return new TestServer((request, response) -> seen.add(MeshFilter.peer(request)))
        .tls(mesh.serverTls(TestMesh.PORT).orElseThrow().sslContext());
  }

  @Test
  void aPeerIsKnownByItsCertificate() throws Exception {
    Issued certificate = authority.issue(B, "serviceb.apps.local");
    try (TestServer server = server().mesh(mesh).start()) {
      assertEquals(200, get(server, client(certificate), "/known"));

      PeerIdentity peer = seen.get(0);
      assertEquals(List.of(B), peer.uris());
      assertEquals(List.of("serviceb.apps.local"), peer.dnsNames());
      assertEquals("CN=test", peer.subject());
      assertEquals(certificate.serial(), peer.serialNumber());
      assertEquals(B, peer.principal());
      access.await("/known");
      assertEquals(
          "mutual",
          registry.get("http.server.request.duration").timer().getId().getTag("mesh.tls"));
    }
  }

  @Test
  void aPeerWithoutCertificateIsRefused() throws Exception {
    try (TestServer server = server().mesh(mesh).start()) {
      assertThrows(IOException.class, () -> get(server, client(null), "/"));

      assertEquals(200, get(server, client(authority.issue(B)), "/"));
      assertEquals(1, seen.size(), "the first never reached the application");
    }
  }

  @Test
  void aPeerOfAnotherNameIsRefused() throws Exception {
    try (TestServer server = server().mesh(mesh).start()) {
      Issued other = authority.issue("spiffe://apps.local/serviceD");
      assertThrows(IOException.class, () -> get(server, client(other), "/"));

      assertEquals(200, get(server, client(authority.issue(B)), "/"));
      assertEquals(1, seen.size());
    }
  }

  @Test
  void aPeerOfAnotherAuthorityIsRefused() throws Exception {
    try (TestServer server = server().mesh(mesh).start()) {
      Issued forged = new TestCertificates("authority").issue(B);
      assertThrows(IOException.class, () -> get(server, client(forged), "/"));

      assertEquals(200, get(server, client(authority.issue(B)), "/"));
      assertEquals(1, seen.size());
    }
  }

  @Test
  void noHeaderChangesWhoThePeerIs() throws Exception {
    try (TestServer server = server().mesh(mesh).start()) {
      get(
          server,
          client(authority.issue(B)),
          "/",
          "x-forwarded-client-cert",
          "By=spiffe://apps.local/serviceA;URI=" + C,
          "x-peer",
          C);

      assertEquals(List.of(B), seen.get(0).uris());
    }
  }

  @Test
  void aPeerThatMayNotIsRefusedAndTheRefusalIsTold() throws Exception {
    try (TestServer server = server().mesh(mesh, options -> options.allowPeers(B)).start()) {
      assertEquals(200, get(server, client(authority.issue(B)), "/allowed"));
      Request request = new Request.Builder().url(server.url("/refused?token=abc")).build();
      try (Response response = client(authority.issue(C)).newCall(request).execute()) {
        assertEquals(403, response.code());
        assertEquals("RBAC: access denied", response.body().string());
        assertTrue(String.valueOf(response.header("content-type")).startsWith("text/plain"));
      }

      assertEquals(1, seen.size());
      assertTrue(access.await("/refused").get(0).contains("\" 403 - 0 19 "));
      assertEquals(
          List.of("refused GET /refused of \"" + C + "\": rbac_access_denied_matched_policy[none]"),
          authz.await("/refused"));
      assertEquals(1, decisions("allow-peers", "allow"));
      assertEquals(1, decisions("none", "deny"));
    }
  }

  @Test
  void aGrpcCallThatMayNotGetsAGrpcStatus() throws Exception {
    try (TestServer server = server().mesh(mesh, options -> options.allowPeers(B)).start()) {
      Request request =
          new Request.Builder()
              .url(server.url("/pkg.Service/Method"))
              .header("content-type", "application/grpc")
              .build();
      try (Response response = client(authority.issue(C)).newCall(request).execute()) {
        assertEquals(200, response.code());
        assertEquals("7", response.header("grpc-status"));
        assertEquals("RBAC: access denied", response.header("grpc-message"));
      }
      assertEquals(List.of(), seen);
    }
  }

  @Test
  void withoutTlsNoPeerIsAllowed() throws Exception {
    try (TestServer server =
        new TestServer((request, response) -> seen.add(MeshFilter.peer(request)))
            .mesh(mesh, options -> options.allowPeers(B))
            .start()) {
      assertEquals(
          403, get(server, new OkHttpClient(), "/", "x-forwarded-client-cert", "URI=" + B));

      assertEquals(List.of(), seen);
      assertTrue(authz.await("refused GET / of \"-\"").size() == 1);
    }
  }

  @ParameterizedTest(name = "{0} gets {1}")
  @CsvSource({
    "/shop,200",
    "/admin,403",
    "/admin/x,403",
    "/%61dmin,403",
    "/administrator,403",
    "/ADMIN,200",
    "//admin,400",
    "/admin;x=y,400",
    "/shop/%2e%2e/admin,400",
    "/shop%2f..%2fadmin,400",
    "/a%5cadmin,400",
    "/admin%00,400",
  })
  void aPolicySeesThePathThatTheApplicationIsGiven(String path, int status) throws Exception {
    Rbac noAdmin =
        new Rbac(
            Action.DENY,
            Map.of(
                "no-admin",
                new Policy(
                    List.of(
                        new Permission.UrlPath(new StringMatcher(Kind.PREFIX, "/admin", false))),
                    List.of(
                        new Principal.Not(
                            new Principal.Authenticated(Optional.of(StringMatcher.exact(C))))))));
    TestServer forgiving = server().mesh(mesh, options -> options.authorization(noAdmin));
    forgiving.http.setUriCompliance(UriCompliance.UNSAFE);
    try (TestServer server = forgiving.start()) {
      assertEquals(status, raw(server, path));

      assertEquals(status == 200 ? 1 : 0, seen.size());
    }
  }

  /** OkHttp would tidy the path up. */
  private int raw(TestServer server, String path) throws Exception {
    SSLContext context = context(authority.issue(B));
    try (var socket =
        context.getSocketFactory().createSocket(InetAddress.getLoopbackAddress(), server.port())) {
      String request = "GET " + path + " HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n";
      socket.getOutputStream().write(request.getBytes(StandardCharsets.US_ASCII));
      String answer = new String(socket.getInputStream().readAllBytes(), StandardCharsets.US_ASCII);
      return Integer.parseInt(answer.substring(9, 12));
    }
  }

  @Test
  void aCertificateThatIsRotatedIsShownToNewConnections() throws Exception {
    try (TestServer server = server().mesh(mesh).start()) {
      OkHttpClient client = client(authority.issue(B));
      String before = serverSerial(server, client);
      Issued renewed = authority.issue("spiffe://apps.local/serviceA");
      Files.writeString(directory.resolve("a-key.pem"), renewed.keyPem());
      Files.writeString(directory.resolve("a.pem"), renewed.certificatePem());

      LogLines.await(
          () -> {
            client.connectionPool().evictAll();
            return serverSerial(server, client).equals(renewed.serial());
          },
          () -> "still " + before);
    }
  }

  @Test
  void aPeerThatConfigurationNoLongerAcceptsIsRefusedOnItsNextConnection() throws Exception {
    try (TestServer server = server().mesh(mesh).start()) {
      OkHttpClient client = client(authority.issue(B));
      assertEquals(200, get(server, client, "/"));
      new TestMesh(directory).protectedFor(C).writeNodeA();

      LogLines.await(
          () -> {
            client.connectionPool().evictAll();
            return isRefused(server, client);
          },
          () -> "the peer is still accepted");
      assertEquals(200, get(server, client(authority.issue(C)), "/"));
    }
  }

  private static boolean isRefused(TestServer server, OkHttpClient client) {
    try {
      get(server, client, "/");
      return false;
    } catch (IOException refused) {
      return true;
    }
  }

  @Test
  void whereTheProcessFacesTheOutsideAVerifiedPeersWordIsTaken() throws Exception {
    List<String> ids = new CopyOnWriteArrayList<>();
    try (TestServer server =
        new TestServer((request, response) -> ids.add(MeshFilter.requestId(request)))
            .tls(mesh.serverTls(TestMesh.PORT).orElseThrow().sslContext())
            .mesh(mesh, options -> options.edge(true))
            .start()) {
      get(server, client(authority.issue(B)), "/", "x-request-id", "the-peers");

      assertEquals(List.of("the-peers"), ids);
    }
  }

  private static String serverSerial(TestServer server, OkHttpClient client) {
    Request request = new Request.Builder().url(server.url("/")).build();
    try (Response response = client.newCall(request).execute()) {
      X509Certificate leaf =
          (X509Certificate) Objects.requireNonNull(response.handshake()).peerCertificates().get(0);
      return leaf.getSerialNumber().toString(16);
    } catch (IOException failed) {
      throw new AssertionError(failed);
    }
  }

  private double decisions(String policy, String action) {
    return registry
        .get("mesh.authz.decisions")
        .tags("policy", policy, "action", action)
        .counter()
        .count();
  }

  private static int get(TestServer server, OkHttpClient client, String path, String... headers)
      throws IOException {
    Request.Builder request = new Request.Builder().url(server.url(path));
    for (int i = 0; i < headers.length; i += 2) {
      request.header(headers[i], headers[i + 1]);
    }
    try (Response response = client.newCall(request.build()).execute()) {
      return response.code();
    }
  }

  /** A client that trusts the authority and shows this certificate, or none. */
  private OkHttpClient client(@Nullable Issued certificate) throws Exception {
    return new OkHttpClient.Builder()
        .sslSocketFactory(
            context(certificate).getSocketFactory(),
            (X509TrustManager) trust().getTrustManagers()[0])
        .hostnameVerifier((host, session) -> true)
        .build();
  }

  private SSLContext context(@Nullable Issued certificate) throws Exception {
    char[] password = {};
    KeyStore own = KeyStore.getInstance("PKCS12");
    own.load(null, password);
    if (certificate != null) {
      own.setKeyEntry(
          "own",
          certificate.keys().getPrivate(),
          password,
          new X509Certificate[] {certificate.certificate()});
    }
    KeyManagerFactory keys = KeyManagerFactory.getInstance("PKIX");
    keys.init(own, password);
    SSLContext context = SSLContext.getInstance("TLS");
    context.init(keys.getKeyManagers(), trust().getTrustManagers(), null);
    return context;
  }

  private TrustManagerFactory trust() throws Exception {
    KeyStore trusted = KeyStore.getInstance("PKCS12");
    trusted.load(null, null);
    try (var pem =
        new ByteArrayInputStream(authority.authorityPem().getBytes(StandardCharsets.US_ASCII))) {
      trusted.setCertificateEntry(
          "authority", CertificateFactory.getInstance("X.509").generateCertificate(pem));
    }
    TrustManagerFactory trust = TrustManagerFactory.getInstance("PKIX");
    trust.init(trusted);
    return trust;
  }
}
