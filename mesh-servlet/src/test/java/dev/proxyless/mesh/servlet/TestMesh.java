package dev.proxyless.mesh.servlet;

import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.proxyless.mesh.Bootstrap;
import dev.proxyless.mesh.Mesh;
import dev.proxyless.mesh.testing.TestCertificates;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.function.Consumer;

/**
 * The mesh of serviceA: documents in a directory, in which serviceA calls serviceB and, where
 * certificates are given, protects its port by mTLS.
 */
final class TestMesh {

  /** The port that the documents give serviceA; tests bind to others. */
  static final int PORT = 8443;

  private static final String A = "spiffe://apps.local/serviceA";

  private final Path directory;
  private String tls = "";
  private int backendPort = 1;
  private int maxRetries = 1;
  private Bootstrap.RetryThrottle throttle = Bootstrap.RetryThrottle.DEFAULT;
  private String timeout = "{'unit': 's', 'value': 15}";
  private String perRetryTimeout = "{'unit': 's', 'value': 10}";

  TestMesh(Path directory) {
    this.directory = directory;
  }

  /** Where serviceB listens, on 127.0.0.1. */
  TestMesh backend(int port) {
    backendPort = port;
    return this;
  }

  /** How often the route retries, and what bounds retries altogether. */
  TestMesh retries(int max, Bootstrap.RetryThrottle bound) {
    maxRetries = max;
    throttle = bound;
    return this;
  }

  /** The route's timeout, and each try's. */
  TestMesh timeouts(int millis, int perRetryMillis) {
    timeout = "{'unit': 'ms', 'value': " + millis + "}";
    perRetryTimeout = "{'unit': 'ms', 'value': " + perRetryMillis + "}";
    return this;
  }

  /** mTLS by this authority, for peers of these names. */
  TestMesh mutualTls(TestCertificates authority, String... peers) {
    authority.write(directory, "a", authority.issue(A));
    return protectedFor(peers);
  }

  /** mTLS with the certificates that are there, for peers of these names. */
  TestMesh protectedFor(String... peers) {
    tls =
        """
        , 'tls': {'mode': 'STRICT',
          'certificate': {'file': {'certificateChain': '%1$s/a.pem', 'privateKey': '%1$s/a-key.pem'}},
          'validation': {'trust': {'file': {'certificateChain': '%1$s/ca.pem'}},
            'subjectAlternativeNames': {'match': {'exact': ['%2$s']}}}}
        """
            .formatted(directory, String.join("','", peers));
    return this;
  }

  Mesh start() throws InterruptedException {
    return start(builder -> {});
  }

  /** Starts the mesh and waits until its configuration is in force. */
  Mesh start(Consumer<Mesh.Builder> more) throws InterruptedException {
    write("mesh", "{'meshName': 'apps', 'spec': {'egressFilter': {'type': 'DROP_ALL'}}}");
    writeNodeA();
    write(
        "node-b",
        """
        {'meshName': 'apps', 'virtualNodeName': 'serviceB', 'spec': {
          'listeners': [{'portMapping': {'port': %d, 'protocol': 'http'}}],
          'serviceDiscovery': {'dns': {'hostname': '127.0.0.1'}}}}
        """
            .formatted(backendPort));
    write(
        "router",
        """
        {'meshName': 'apps', 'virtualRouterName': 'serviceB', 'spec': {
          'listeners': [{'portMapping': {'port': %d, 'protocol': 'http'}}]}}
        """
            .formatted(backendPort));
    write(
        "route",
        """
        {'meshName': 'apps', 'virtualRouterName': 'serviceB', 'routeName': 'all', 'spec': {
          'httpRoute': {'match': {'prefix': '/'},
            'action': {'weightedTargets': [{'virtualNode': 'serviceB', 'weight': 1}]},
            'timeout': {'perRequest': %s},
            'retryPolicy': {'maxRetries': %d, 'perRetryTimeout': %s,
              'httpRetryEvents': ['gateway-error']}}}}
        """
            .formatted(timeout, maxRetries, perRetryTimeout));
    write(
        "service",
        """
        {'meshName': 'apps', 'virtualServiceName': 'serviceb.apps.local', 'spec': {
          'provider': {'virtualRouter': {'virtualRouterName': 'serviceB'}}}}
        """);
    Mesh.Builder builder =
        Mesh.builder()
            .bootstrap(
                Bootstrap.builder()
                    .nodeId("mesh/apps/virtualNode/serviceA")
                    .appMeshDirectory(directory)
                    .cloudMap(Bootstrap.CloudMap.OFF)
                    .allowedDirectories(List.of(directory))
                    .retryThrottle(throttle)
                    .closeTimeout(Duration.ofMillis(500))
                    .build());
    more.accept(builder);
    Mesh mesh = builder.build();
    assertTrue(mesh.awaitReady(Duration.ofSeconds(20)), "no configuration");
    return mesh;
  }

  /** Writes the document of serviceA, which a mesh that has started follows. */
  void writeNodeA() {
    write(
        "node-a",
        """
        {'meshName': 'apps', 'virtualNodeName': 'serviceA', 'spec': {
          'backends': [{'virtualService': {'virtualServiceName': 'serviceb.apps.local'}}],
          'listeners': [{'portMapping': {'port': %d, 'protocol': 'http'}%s}],
          'serviceDiscovery': {'dns': {'hostname': '127.0.0.1'}}}}
        """
            .formatted(PORT, tls));
  }

  private void write(String name, String json) {
    TestCertificates.replace(directory.resolve(name + ".json"), json.replace('\'', '"'));
  }
}
