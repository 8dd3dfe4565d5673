package dev.proxyless.mesh.spring;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import mockwebserver3.MockResponse;
import mockwebserver3.MockWebServer;

/**
 * A mesh of one service for tests: the App Mesh documents of virtual service {@code orders.test},
 * whose backend is a server on loopback, and no retries unless a caller sets them.
 */
final class ServiceMesh implements AutoCloseable {

  static final String HOST = "orders.test";

  private final Path documents;
  private final MockWebServer server = new MockWebServer();

  ServiceMesh(Path documents) {
    this.documents = documents;
    server.setServerSocketFactory(new NoDelaySockets());
    try {
      server.start();
      write("mesh", "{'meshName':'m','spec':{'egressFilter':{'type':'ALLOW_ALL'}}}");
      write(
          "client",
          "{'meshName':'m','virtualNodeName':'client','spec':{'backends':[{'virtualService':"
              + "{'virtualServiceName':'orders.test'}}]}}");
      write(
          "orders",
          "{'meshName':'m','virtualNodeName':'orders','spec':{'listeners':[{'portMapping':"
              + "{'port':PORT,'protocol':'http'}}],"
              + "'serviceDiscovery':{'dns':{'hostname':'127.0.0.1'}}}}");
      write(
          "router",
          "{'meshName':'m','virtualRouterName':'orders','spec':{'listeners':[{'portMapping':"
              + "{'port':PORT,'protocol':'http'}}]}}");
      write(
          "route",
          "{'meshName':'m','virtualRouterName':'orders','routeName':'all','spec':{'httpRoute':"
              + "{'match':{'prefix':'/'},'action':{'weightedTargets':[{'virtualNode':'orders',"
              + "'weight':1}]},'retryPolicy':{'maxRetries':0,'perRetryTimeout':{'unit':'s',"
              + "'value':0},'httpRetryEvents':['server-error']}}}}");
      write(
          "service",
          "{'meshName':'m','virtualServiceName':'orders.test','spec':{'provider':"
              + "{'virtualRouter':{'virtualRouterName':'orders'}}}}");
    } catch (IOException failure) {
      throw new UncheckedIOException(failure);
    }
  }

  private void write(String name, String document) throws IOException {
    Files.writeString(
        documents.resolve("create-" + name + ".json"),
        document.replace('\'', '"').replace("PORT", String.valueOf(server.getPort())));
  }

  /** What an application of this mesh is told. */
  String[] properties() {
    return new String[] {
      "mesh.node.id=mesh/m/virtualNode/client", "mesh.app-mesh.directory=" + documents
    };
  }

  /** A URL of the virtual service; nothing but the mesh can reach it. */
  String url(String path) {
    return "http://" + HOST + ":" + server.getPort() + path;
  }

  /** The same backend, as one reaches it without a mesh. */
  String direct(String path) {
    return "http://127.0.0.1:" + server.getPort() + path;
  }

  MockWebServer server() {
    return server;
  }

  void answer(int status, String body) {
    server.enqueue(new MockResponse.Builder().code(status).body(body).build());
  }

  void answer(MockResponse response) {
    server.enqueue(response);
  }

  @Override
  public void close() {
    server.close();
  }
}
