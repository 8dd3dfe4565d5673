package dev.proxyless.mesh.controlplane;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import dev.proxyless.mesh.document.Documents;
import dev.proxyless.mesh.document.Json;
import dev.proxyless.mesh.document.Node;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;

/** Speaks as much of Cloud Map's wire protocol as DiscoverInstances needs. */
final class FakeCloudMap implements AutoCloseable {

  static final String REGION = "eu-west-1";

  private static final String DISCOVER = "Route53AutoNaming_v20170314.DiscoverInstances";

  private final HttpServer server;
  private final Map<String, List<Map<String, Object>>> services = new ConcurrentHashMap<>();
  private final AtomicInteger requests = new AtomicInteger();

  FakeCloudMap() throws IOException {
    System.setProperty("aws.accessKeyId", "test");
    System.setProperty("aws.secretAccessKey", "test");
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.createContext("/", this::answer);
    server.start();
  }

  URI endpoint() {
    return URI.create("http://127.0.0.1:" + server.getAddress().getPort());
  }

  /** Has a service, such as {@code serviceb.apps.local}, run on these ports of this machine. */
  void register(String service, List<Integer> ports) {
    services.put(service, ports.stream().map(port -> instance(service, port, "HEALTHY")).toList());
  }

  /** Adds an instance that Cloud Map holds to be unhealthy. */
  void registerUnhealthy(String service, int port) {
    services.merge(
        service,
        List.of(instance(service, port, "UNHEALTHY")),
        (known, more) -> java.util.stream.Stream.concat(known.stream(), more.stream()).toList());
  }

  int requests() {
    return requests.get();
  }

  private static Map<String, Object> instance(String service, int port, String health) {
    return Map.of(
        "InstanceId",
        "i-" + port,
        "NamespaceName",
        service.substring(service.indexOf('.') + 1),
        "ServiceName",
        service.substring(0, service.indexOf('.')),
        "HealthStatus",
        health,
        "Attributes",
        Map.of(
            "AWS_INSTANCE_IPV4",
            "127.0.0.1",
            "AWS_INSTANCE_PORT",
            Integer.toString(port),
            "REGION",
            REGION,
            "AVAILABILITY_ZONE",
            REGION + "a"));
  }

  private void answer(HttpExchange exchange) throws IOException {
    try (exchange) {
      requests.incrementAndGet();
      Node request =
          Documents.parse(
              "the request",
              new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8));
      String target = exchange.getRequestHeaders().getFirst("X-Amz-Target");
      String service =
          request.required("ServiceName").text() + "." + request.required("NamespaceName").text();
      List<Map<String, Object>> instances = services.get(service);
      if (DISCOVER.equals(target) && instances != null) {
        send(exchange, 200, Map.of("Instances", instances, "InstancesRevision", 1));
      } else {
        send(exchange, 400, Map.of("__type", "ServiceNotFound", "Message", service));
      }
    }
  }

  private static void send(HttpExchange exchange, int status, Map<String, Object> json)
      throws IOException {
    byte[] body = Json.line(json).getBytes(StandardCharsets.UTF_8);
    exchange.getResponseHeaders().add("Content-Type", "application/x-amz-json-1.1");
    exchange.sendResponseHeaders(status, body.length);
    exchange.getResponseBody().write(body);
  }

  @Override
  public void close() {
    server.stop(0);
  }
}
