package dev.proxyless.mesh.testing;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import dev.proxyless.mesh.document.Documents;
import dev.proxyless.mesh.document.Json;
import dev.proxyless.mesh.document.Node;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.stream.Stream;

/**
 * Speaks as much of Cloud Map's wire protocol (JSON 1.1) as DiscoverInstances needs, so that the
 * real AWS SDK can ask it. Gives the SDK credentials by system properties.
 */
public final class FakeCloudMap implements AutoCloseable {

  /** A region for the SDK to sign with. */
  public static final String REGION = "eu-west-1";

  private static final String DISCOVER = "Route53AutoNaming_v20170314.DiscoverInstances";

  private final HttpServer server;
  private final ExecutorService threads = Executors.newCachedThreadPool(FakeCloudMap::daemon);
  private final Map<String, List<Map<String, Object>>> services = new ConcurrentHashMap<>();
  private final List<Query> queries = new CopyOnWriteArrayList<>();
  private final CountDownLatch end = new CountDownLatch(1);
  private volatile Answer answer = this::instances;

  /**
   * A question that was asked.
   *
   * @param host the Host header
   * @param target the X-Amz-Target header
   * @param signed whether it had credentials of {@link #REGION}
   * @param body its fields
   */
  public record Query(String host, String target, boolean signed, Map<String, Object> body) {}

  private interface Answer {
    void to(HttpExchange exchange, Node request) throws IOException;
  }

  /** Starts on a free port of 127.0.0.1. */
  public FakeCloudMap() {
    System.setProperty("aws.accessKeyId", "test");
    System.setProperty("aws.secretAccessKey", "test");
    try {
      server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    } catch (IOException failed) {
      throw new UncheckedIOException(failed);
    }
    server.createContext("/", this::handle);
    server.setExecutor(threads);
    server.start();
  }

  private static Thread daemon(Runnable task) {
    Thread thread = new Thread(task, "fake-cloud-map");
    thread.setDaemon(true);
    return thread;
  }

  /** What to give the AWS SDK as its endpoint. */
  public URI endpoint() {
    return URI.create("http://127.0.0.1:" + server.getAddress().getPort());
  }

  /** Has a service, such as {@code serviceb.apps.local}, run on these ports of this machine. */
  public void register(String service, List<Integer> ports) {
    services.put(
        service,
        ports.stream()
            .map(port -> instance(service, "i-" + port, "HEALTHY", onThisMachine(port)))
            .toList());
  }

  /** Adds an instance that Cloud Map holds to be unhealthy. */
  public void registerUnhealthy(String service, int port) {
    add(service, "i-" + port, "UNHEALTHY", onThisMachine(port));
  }

  /** Adds an instance with these attributes. */
  public void add(String service, String id, String health, Map<String, String> attributes) {
    services.merge(
        service,
        List.of(instance(service, id, health, attributes)),
        (known, more) -> Stream.concat(known.stream(), more.stream()).toList());
  }

  /** Deletes a service, which is then not found. */
  public void delete(String service) {
    services.remove(service);
  }

  private static Map<String, String> onThisMachine(int port) {
    return Map.of(
        "AWS_INSTANCE_IPV4",
        "127.0.0.1",
        "AWS_INSTANCE_PORT",
        Integer.toString(port),
        "REGION",
        REGION,
        "AVAILABILITY_ZONE",
        REGION + "a");
  }

  private static Map<String, Object> instance(
      String service, String id, String health, Map<String, String> attributes) {
    int dot = service.indexOf('.');
    return Map.of(
        "InstanceId",
        id,
        "NamespaceName",
        service.substring(dot + 1),
        "ServiceName",
        service.substring(0, dot),
        "HealthStatus",
        health,
        "Attributes",
        attributes);
  }

  /** Answers with an error from now on. */
  public void failWith(int status, String type) {
    answer =
        (exchange, request) ->
            send(exchange, status, Map.of("__type", type, "Message", "refused by the test"));
  }

  /** Closes connections without an answer from now on. */
  public void hangUp() {
    answer = (exchange, request) -> exchange.close();
  }

  /** Keeps whoever asks waiting from now on. */
  public void keepWaiting() {
    answer =
        (exchange, request) -> {
          try {
            end.await();
          } catch (InterruptedException ended) {
            Thread.currentThread().interrupt();
          }
        };
  }

  /** Answers as it should again. */
  public void mend() {
    answer = this::instances;
  }

  /** How often it was asked; the SDK asks again by itself what fails. */
  public int requests() {
    return queries.size();
  }

  /** What was asked, in order. */
  public List<Query> queries() {
    return List.copyOf(queries);
  }

  private void handle(HttpExchange exchange) throws IOException {
    try (exchange;
        InputStream in = exchange.getRequestBody()) {
      Node request =
          Documents.parse("the request", new String(in.readAllBytes(), StandardCharsets.UTF_8));
      Map<String, Object> body = new LinkedHashMap<>();
      request.fields().forEach((name, value) -> body.put(name, String.valueOf(value.plain())));
      queries.add(
          new Query(
              header(exchange, "Host"),
              header(exchange, "X-Amz-Target"),
              header(exchange, "Authorization").contains("/" + REGION + "/servicediscovery/"),
              Map.copyOf(body)));
      answer.to(exchange, request);
    }
  }

  private static String header(HttpExchange exchange, String name) {
    return String.valueOf(exchange.getRequestHeaders().getFirst(name));
  }

  private void instances(HttpExchange exchange, Node request) throws IOException {
    String service =
        request.required("ServiceName").text() + "." + request.required("NamespaceName").text();
    List<Map<String, Object>> instances = services.get(service);
    if (DISCOVER.equals(header(exchange, "X-Amz-Target")) && instances != null) {
      List<Map<String, Object>> found =
          instances.stream().filter(instance -> matches(instance, request)).toList();
      send(exchange, 200, Map.of("Instances", found, "InstancesRevision", 1));
    } else {
      send(exchange, 400, Map.of("__type", "ServiceNotFound", "Message", service));
    }
  }

  private static boolean matches(Map<String, Object> instance, Node request) {
    Map<?, ?> attributes = (Map<?, ?>) instance.get("Attributes");
    return request
        .find("QueryParameters")
        .map(
            wanted ->
                wanted.fields().entrySet().stream()
                    .allMatch(each -> each.getValue().text().equals(attributes.get(each.getKey()))))
        .orElse(true);
  }

  private static void send(HttpExchange exchange, int status, Map<String, Object> json)
      throws IOException {
    byte[] body = Json.line(json).getBytes(StandardCharsets.UTF_8);
    exchange.getResponseHeaders().add("Content-Type", "application/x-amz-json-1.1");
    exchange.sendResponseHeaders(status, body.length);
    try (OutputStream out = exchange.getResponseBody()) {
      out.write(body);
    }
  }

  @Override
  public void close() {
    end.countDown();
    server.stop(0);
    threads.shutdownNow();
  }
}
