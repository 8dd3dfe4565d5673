package dev.proxyless.mesh.spring;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.proxyless.mesh.Mesh;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.boot.actuate.endpoint.InvalidEndpointRequestException;
import org.springframework.boot.actuate.endpoint.annotation.Endpoint;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.test.context.FilteredClassLoader;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;

class MeshEndpointTest {

  private static final String EXPOSED = "management.endpoints.web.exposure.include=mesh";

  @TempDir private Path documents;
  private ServiceMesh service;
  private ApplicationContextRunner runner;

  @BeforeEach
  void start() {
    service = new ServiceMesh(documents);
    runner =
        new ApplicationContextRunner()
            .withConfiguration(
                AutoConfigurations.of(
                    MeshAutoConfiguration.class, MeshEndpointAutoConfiguration.class))
            .withPropertyValues(service.properties());
  }

  @AfterEach
  void stop() {
    service.close();
  }

  private void ready(Consumer<MeshEndpoint> check) {
    runner
        .withPropertyValues(EXPOSED)
        .run(
            context -> {
              assertTrue(context.getBean(Mesh.class).awaitReady(Duration.ofSeconds(10)));
              check.accept(context.getBean(MeshEndpoint.class));
            });
  }

  private static Map<String, Object> explained(
      MeshEndpoint endpoint, String url, String method, List<String> headers) {
    Map<String, Object> explained = endpoint.view("explain", url, method, headers);
    assertNotNull(explained);
    return explained;
  }

  @Test
  void itReportsWhatIsInForce() {
    ready(
        endpoint -> {
          Map<String, Object> report = endpoint.report();
          assertEquals(true, report.get("ready"));
          assertEquals("mesh/m/virtualNode/client", report.get("node"));
          Map<?, ?> clusters = assertInstanceOf(Map.class, report.get("clusters"));
          assertTrue(
              clusters.toString().contains("127.0.0.1:" + service.server().getPort()),
              clusters::toString);
        });
  }

  @Test
  void itExplainsARequest() {
    ready(
        endpoint -> {
          Map<String, Object> explained =
              explained(endpoint, service.url("/cart?a=b"), "GET", List.of("X-Thing: 1"));
          assertEquals("forward", explained.get("action"));
          assertEquals(
              List.of("127.0.0.1:" + service.server().getPort()), explained.get("endpoints"));
        });
  }

  @Test
  void theHostHeaderCountsMoreThanTheUrl() {
    ready(
        endpoint ->
            assertEquals(
                "forward",
                explained(
                        endpoint,
                        service.direct("/"),
                        "POST",
                        List.of("Host:" + ServiceMesh.HOST + ":" + service.server().getPort()))
                    .get("action")));
  }

  @Test
  void thereIsNothingElseToSee() {
    ready(endpoint -> assertNull(endpoint.view("secrets", service.url("/"), null, null)));
  }

  @Test
  void aRequestThatIsNoneIsRefused() {
    ready(
        endpoint -> {
          assertThrows(
              InvalidEndpointRequestException.class,
              () -> endpoint.view("explain", "orders", null, null));
          assertThrows(
              InvalidEndpointRequestException.class,
              () -> endpoint.view("explain", service.url("/"), null, List.of("no colon")));
        });
  }

  @Test
  void thereIsNoneUnlessItIsExposed() {
    runner.run(context -> assertFalse(context.containsBean("meshEndpoint")));
  }

  @Test
  void thereIsNoneWhereAccessIsNotGiven() {
    runner
        .withPropertyValues(EXPOSED, "management.endpoint.mesh.access=NONE")
        .run(context -> assertFalse(context.containsBean("meshEndpoint")));
  }

  @Test
  void thereIsNoneWithoutAMesh() {
    runner
        .withPropertyValues(EXPOSED, "mesh.enabled=false")
        .run(context -> assertFalse(context.containsBean("meshEndpoint")));
  }

  @Test
  void thereIsNoneWithoutTheActuator() {
    runner
        .withPropertyValues(EXPOSED)
        .withClassLoader(new FilteredClassLoader(Endpoint.class))
        .run(
            context -> {
              assertFalse(context.containsBean("meshEndpoint"));
              assertTrue(context.containsBean("mesh"));
            });
  }
}
