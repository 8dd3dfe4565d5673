package dev.proxyless.mesh.quickstart;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import dev.proxyless.mesh.document.Documents;
import dev.proxyless.mesh.document.Json;
import dev.proxyless.mesh.document.Node;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/**
 * Stands in for AWS Cloud Map, which costs money and an account: it speaks {@code
 * DiscoverInstances} of its wire protocol (JSON 1.1), so that the real AWS SDK asks it.
 */
final class CloudMapStandIn implements AutoCloseable {

  private static final String TARGET = "Route53AutoNaming_v20170314.DiscoverInstances";

  private static final String NAMESPACE = "apps.local";

  private final HttpServer server;
  private final ExecutorService threads = Executors.newCachedThreadPool();
  private final Map<String, List<Map<String, Object>>> services = new ConcurrentHashMap<>();

  CloudMapStandIn() throws IOException {
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.createContext("/", this::answer);
    server.setExecutor(threads);
    server.start();
  }

  /** What to give the AWS SDK as its endpoint. */
  URI endpoint() {
    return URI.create("http://127.0.0.1:" + server.getAddress().getPort());
  }

  /** Registers an instance, as ECS does for a task. */
  void register(String service, String id, int port) {
    Map<String, Object> instance = new LinkedHashMap<>();
    instance.put("InstanceId", id);
    instance.put("NamespaceName", NAMESPACE);
    instance.put("ServiceName", service);
    instance.put("HealthStatus", "HEALTHY");
    instance.put(
        "Attributes",
        Map.of("AWS_INSTANCE_IPV4", "127.0.0.1", "AWS_INSTANCE_PORT", Integer.toString(port)));
    services
        .computeIfAbsent(service + "." + NAMESPACE, name -> new CopyOnWriteArrayList<>())
        .add(instance);
  }

  private void answer(HttpExchange exchange) throws IOException {
    try (exchange;
        InputStream in = exchange.getRequestBody()) {
      String body = new String(in.readAllBytes(), StandardCharsets.UTF_8);
      if (!TARGET.equals(exchange.getRequestHeaders().getFirst("X-Amz-Target"))) {
        send(exchange, 400, Map.of("__type", "UnknownOperationException"));
        return;
      }
      Node request = Documents.parse("request", body);
      String name =
          request.required("ServiceName").name() + "." + request.required("NamespaceName").name();
      List<Map<String, Object>> instances = services.get(name);
      if (instances == null) {
        send(exchange, 400, Map.of("__type", "ServiceNotFound", "Message", name));
      } else {
        send(exchange, 200, Map.of("Instances", instances, "InstancesRevision", instances.size()));
      }
    }
  }

  private static void send(HttpExchange exchange, int status, Object json) throws IOException {
    byte[] bytes = Json.line(json).getBytes(StandardCharsets.UTF_8);
    exchange.getResponseHeaders().set("Content-Type", "application/x-amz-json-1.1");
    exchange.sendResponseHeaders(status, bytes.length);
    try (OutputStream out = exchange.getResponseBody()) {
      out.write(bytes);
    }
  }

  @Override
  public void close() {
    server.stop(0);
    threads.shutdownNow();
  }
}
