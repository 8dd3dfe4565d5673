package dev.proxyless.mesh.spring.shop;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.proxyless.mesh.spring.MeshServe;
import dev.proxyless.mesh.spring.NoDelaySockets;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Supplier;
import mockwebserver3.Dispatcher;
import mockwebserver3.MockResponse;
import mockwebserver3.MockWebServer;
import mockwebserver3.RecordedRequest;
import okhttp3.OkHttpClient;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.boot.test.context.SpringBootTest.WebEnvironment;
import org.springframework.boot.test.web.server.LocalServerPort;
import org.springframework.test.context.DynamicPropertyRegistry;
import org.springframework.test.context.DynamicPropertySource;
import org.springframework.web.client.HttpServerErrorException;

/**
 * The starter as an application meets it: {@code mesh serve} on a directory of App Mesh documents,
 * two versions of a service, and an application whose yaml names the control plane.
 */
@SpringBootTest(webEnvironment = WebEnvironment.RANDOM_PORT)
class ShopApplicationTest {

  private static final int CALLS = 400;

  @TempDir private static Path documents;
  private static final Backend first = new Backend("first");
  private static final Backend second = new Backend("second");
  private static MeshServe controlPlane;

  @Autowired private OrderService service;
  @Autowired private OrderClient group;
  @Autowired private OkHttpClient okHttpClient;
  @LocalServerPort private int port;

  /** A version of the service, which can be told to fail. */
  private static final class Backend extends Dispatcher {
    final MockWebServer server = new MockWebServer();
    final AtomicInteger failures = new AtomicInteger();
    final AtomicInteger requests = new AtomicInteger();
    final AtomicInteger marked = new AtomicInteger();
    final AtomicReference<@Nullable String> lastId = new AtomicReference<>();
    private final String version;

    Backend(String version) {
      this.version = version;
      server.setDispatcher(this);
      server.setServerSocketFactory(new NoDelaySockets());
    }

    @Override
    public MockResponse dispatch(RecordedRequest request) {
      requests.incrementAndGet();
      lastId.set(request.getHeaders().get("x-request-id"));
      if ("storefront".equals(request.getHeaders().get("X-Shop"))) {
        marked.incrementAndGet();
      }
      boolean fails = failures.getAndUpdate(left -> Math.max(0, left - 1)) > 0;
      return new MockResponse.Builder().code(fails ? 503 : 200).body(version).build();
    }
  }

  @BeforeAll
  static void start() throws IOException {
    first.server.start();
    second.server.start();
    write("mesh", "{'meshName':'shop','spec':{'egressFilter':{'type':'DROP_ALL'}}}");
    write(
        "storefront",
        "{'meshName':'shop','virtualNodeName':'storefront','spec':{'backends':[{'virtualService':"
            + "{'virtualServiceName':'orders.shop.local'}}]}}");
    node("first", first);
    node("second", second);
    write(
        "router",
        "{'meshName':'shop','virtualRouterName':'orders','spec':{'listeners':[{'portMapping':"
            + "{'port':8000,'protocol':'http'}}]}}");
    route("split", "/", "{'virtualNode':'first','weight':1},{'virtualNode':'second','weight':1}");
    route("flaky", "/flaky", "{'virtualNode':'first','weight':1}");
    write(
        "service",
        "{'meshName':'shop','virtualServiceName':'orders.shop.local','spec':{'provider':"
            + "{'virtualRouter':{'virtualRouterName':'orders'}}}}");
    controlPlane = new MeshServe(documents);
  }

  private static void node(String name, Backend backend) throws IOException {
    write(
        name,
        "{'meshName':'shop','virtualNodeName':'NAME','spec':{'listeners':[{'portMapping':"
                .replace("NAME", name)
            + "{'port':PORT,'protocol':'http'}}],"
                .replace("PORT", String.valueOf(backend.server.getPort()))
            + "'serviceDiscovery':{'dns':{'hostname':'127.0.0.1'}}}}");
  }

  private static void route(String name, String prefix, String targets) throws IOException {
    write(
        "route-" + name,
        "{'meshName':'shop','virtualRouterName':'orders','routeName':'NAME','spec':{'httpRoute':"
                .replace("NAME", name)
            + "{'match':{'prefix':'PREFIX'},".replace("PREFIX", prefix)
            + "'action':{'weightedTargets':[TARGETS]},".replace("TARGETS", targets)
            + "'retryPolicy':{'maxRetries':0,'perRetryTimeout':{'unit':'s','value':0},"
            + "'httpRetryEvents':['server-error']}}}}");
  }

  private static void write(String name, String document) throws IOException {
    Files.writeString(documents.resolve("create-" + name + ".json"), document.replace('\'', '"'));
  }

  @DynamicPropertySource
  static void ports(DynamicPropertyRegistry properties) {
    properties.add("mesh-serve.port", controlPlane::port);
  }

  @AfterAll
  static void stop() {
    controlPlane.close();
    first.server.close();
    second.server.close();
  }

  @Test
  void restClientTakesTheSplit() {
    assertSplit(service::version);
  }

  @Test
  void anHttpServiceGroupTakesTheSplit() {
    assertSplit(group::version);
  }

  /** Within six standard deviations of one half. */
  private static void assertSplit(Supplier<@Nullable String> call) {
    Map<@Nullable String, Integer> answers = new HashMap<>();
    for (int i = 0; i < CALLS; i++) {
      answers.merge(call.get(), 1, Integer::sum);
    }
    assertEquals(CALLS, answers.getOrDefault("first", 0) + answers.getOrDefault("second", 0));
    assertEquals(CALLS / 2.0, answers.getOrDefault("first", 0), 6 * Math.sqrt(CALLS) / 2);
  }

  @Test
  void aFailureIsTheCallersWithoutTheAnnotation() {
    first.failures.set(1);
    assertThrows(HttpServerErrorException.class, service::flaky);

    first.failures.set(1);
    assertThrows(HttpServerErrorException.class, group::flaky);
  }

  @Test
  void theMeshRetriesForABeanAndItsMethodRunsOnce() {
    int runs = service.runs();
    int requests = first.requests.get();
    first.failures.set(2);

    assertEquals("first", service.retried());

    assertEquals(1, service.runs() - runs);
    assertEquals(3, first.requests.get() - requests);
  }

  @Test
  void theMeshRetriesForAnHttpServiceMethod() {
    int requests = first.requests.get();
    first.failures.set(2);

    assertEquals("first", group.retried());

    assertEquals(3, first.requests.get() - requests);
  }

  @Test
  void theApplicationsOkHttpClientIsAdaptedAndNotReplaced() {
    int marked = first.marked.get();

    service.flaky();
    group.flaky();

    assertEquals(2, first.marked.get() - marked);
    assertEquals(1, okHttpClient.interceptors().size());
  }

  @Test
  void theActuatorTellsOfTheMeshAndExplainsARequest() throws Exception {
    service.version();

    String report = get("/actuator/mesh");
    String explained =
        get("/actuator/mesh/explain?url=http://orders.shop.local:8000/flaky&method=POST");

    assertTrue(report.contains("\"node\":\"mesh/shop/virtualNode/storefront\""), report);
    assertTrue(report.contains("127.0.0.1:" + second.server.getPort()), report);
    assertTrue(explained.contains("\"action\":\"forward\""), explained);
    assertTrue(explained.contains("127.0.0.1:" + first.server.getPort()), explained);
  }

  @Test
  void theIdOfARequestServedGoesOnToTheCallsMadeForIt() throws Exception {
    get("/storefront", "x-request-id", "id-of-the-caller");

    assertEquals("id-of-the-caller", first.lastId.get());
  }

  private String get(String path, String... headers) throws IOException, InterruptedException {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + path));
    if (headers.length > 0) {
      request.headers(headers);
    }
    HttpResponse<String> response =
        HttpClient.newHttpClient().send(request.build(), HttpResponse.BodyHandlers.ofString());
    assertEquals(200, response.statusCode(), response.body());
    return response.body();
  }
}
