package dev.proxyless.mesh.okhttp;

import com.sun.net.httpserver.HttpServer;
import dev.proxyless.mesh.Bootstrap;
import dev.proxyless.mesh.Mesh;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import okhttp3.OkHttpClient;
import okhttp3.Request;
import okhttp3.Response;

/**
 * An application with nothing on its class path but OkHttp and the mesh. Prints what its call got.
 */
final class MinimalApplication {

  private static final List<String> OPTIONAL =
      List.of(
          "software.amazon.awssdk.services.servicediscovery.ServiceDiscoveryClient",
          "org.bouncycastle.openssl.PEMParser",
          "io.micrometer.core.instrument.MeterRegistry",
          "io.opentelemetry.api.OpenTelemetry",
          "com.google.protobuf.Message");

  private MinimalApplication() {}

  /** Makes one call through a mesh of App Mesh documents in the directory given. */
  public static void main(String[] arguments) throws Exception {
    for (String absent : OPTIONAL) {
      try {
        Class.forName(absent, false, MinimalApplication.class.getClassLoader());
        throw new IllegalStateException(absent + " is on the class path");
      } catch (ClassNotFoundException asItShouldBe) {
        // this is the point
      }
    }
    Path directory = Path.of(arguments[0]);
    HttpServer backend =
        HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    backend.createContext(
        "/",
        exchange -> {
          byte[] body = "hello".getBytes(java.nio.charset.StandardCharsets.UTF_8);
          exchange.sendResponseHeaders(200, body.length);
          exchange.getResponseBody().write(body);
          exchange.close();
        });
    backend.start();
    documents(directory, backend.getAddress().getPort());
    try (Mesh mesh =
        Mesh.builder()
            .bootstrap(
                Bootstrap.builder()
                    .nodeId("mesh/m/virtualNode/client")
                    .appMeshDirectory(directory)
                    .build())
            .build()) {
      mesh.awaitReady(Duration.ofSeconds(20));
      OkHttpClient client = MeshOkHttp.install(mesh, new OkHttpClient.Builder()).build();
      String url = "http://s.local:" + backend.getAddress().getPort() + "/";
      try (Response response = client.newCall(new Request.Builder().url(url).build()).execute()) {
        System.out.println(
            response.body().string() + " " + MeshOkHttp.callInfo(response).orElseThrow());
      }
    } finally {
      backend.stop(0);
    }
  }

  private static void documents(Path directory, int port) throws IOException {
    Files.writeString(directory.resolve("a.json"), "{\"meshName\": \"m\"}");
    Files.writeString(
        directory.resolve("b.json"),
        """
        {"meshName": "m", "virtualNodeName": "server", "spec": {
          "listeners": [{"portMapping": {"port": %d, "protocol": "http"}}],
          "serviceDiscovery": {"dns": {"hostname": "127.0.0.1"}}}}
        """
            .formatted(port));
    Files.writeString(
        directory.resolve("c.json"),
        """
        {"meshName": "m", "virtualServiceName": "s.local",
          "spec": {"provider": {"virtualNode": {"virtualNodeName": "server"}}}}
        """);
    Files.writeString(
        directory.resolve("d.json"),
        """
        {"meshName": "m", "virtualNodeName": "client",
          "spec": {"backends": [{"virtualService": {"virtualServiceName": "s.local"}}]}}
        """);
  }
}
