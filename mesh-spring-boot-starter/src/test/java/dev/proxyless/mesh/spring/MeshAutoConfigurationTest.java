package dev.proxyless.mesh.spring;

import static java.util.Objects.requireNonNull;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.proxyless.mesh.Bootstrap;
import dev.proxyless.mesh.Mesh;
import dev.proxyless.mesh.call.MeshClosedException;
import dev.proxyless.mesh.okhttp.MeshOkHttp;
import dev.proxyless.mesh.telemetry.MeshListener;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.opentelemetry.api.OpenTelemetry;
import io.opentelemetry.api.trace.TracerProvider;
import java.io.IOException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Collectors;
import okhttp3.OkHttpClient;
import okhttp3.Request;
import okhttp3.Response;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.test.context.FilteredClassLoader;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;

class MeshAutoConfigurationTest {

  @TempDir private Path documents;
  private ServiceMesh service;
  private ApplicationContextRunner runner;

  @BeforeEach
  void start() {
    service = new ServiceMesh(documents);
    runner =
        new ApplicationContextRunner()
            .withConfiguration(AutoConfigurations.of(MeshAutoConfiguration.class))
            .withPropertyValues(service.properties());
  }

  @AfterEach
  void stop() {
    service.close();
  }

  private static int call(Mesh mesh, String url) throws IOException {
    OkHttpClient client = MeshOkHttp.install(mesh, new OkHttpClient.Builder()).build();
    try (Response response = client.newCall(new Request.Builder().url(url).build()).execute()) {
      return response.code();
    }
  }

  @Test
  void theMeshOfTheProperties() {
    service.answer(200, "");

    runner.run(
        context -> {
          Mesh mesh = context.getBean(Mesh.class);
          assertEquals("mesh/m/virtualNode/client", mesh.nodeId());
          assertEquals(200, call(mesh, service.url("/")));
        });
  }

  @Test
  void itEndsWithTheContext() {
    AtomicReference<Mesh> seen = new AtomicReference<>();

    runner.run(context -> seen.set(context.getBean(Mesh.class)));

    assertThrows(
        MeshClosedException.class, () -> call(requireNonNull(seen.get()), service.url("/")));
  }

  @Test
  void thereIsNoneWhereItIsNotEnabled() {
    runner
        .withPropertyValues("mesh.enabled=false", "mesh.node.id=")
        .run(
            context -> {
              assertEquals(0, context.getBeansOfType(Mesh.class).size());
              assertFalse(context.containsBean("meshRetryBeanPostProcessor"));
            });
  }

  @Test
  void aMeshOfTheApplicationStays() {
    try (Mesh users = mesh()) {
      new ApplicationContextRunner()
          .withConfiguration(AutoConfigurations.of(MeshAutoConfiguration.class))
          .withBean("users", Mesh.class, () -> users)
          .run(
              context -> {
                assertSame(users, context.getBean(Mesh.class));
                assertEquals(0, context.getBeansOfType(Bootstrap.class).size());
              });
    }
  }

  @Test
  void aBootstrapOfTheApplicationTakesThePlaceOfProperties() {
    Bootstrap users =
        Bootstrap.builder()
            .nodeId("mesh/m/virtualNode/client")
            .appMeshDirectory(documents)
            .readyTimeout(Duration.ofSeconds(9))
            .build();

    runner
        .withPropertyValues("mesh.node.id=somebody-else")
        .withBean(Bootstrap.class, () -> users)
        .run(
            context ->
                assertEquals("mesh/m/virtualNode/client", context.getBean(Mesh.class).nodeId()));
  }

  @Test
  void customizersHaveTheLastWord() {
    AtomicInteger applied = new AtomicInteger();
    CountDownLatch customized = new CountDownLatch(1);

    runner
        .withBean("bean", MeshListener.class, () -> applied(applied::incrementAndGet))
        .withBean(
            MeshBuilderCustomizer.class,
            () -> builder -> builder.listener(applied(customized::countDown)))
        .run(
            context -> {
              assertTrue(customized.await(10, TimeUnit.SECONDS));
              assertEquals(0, applied.get());
            });
  }

  private static MeshListener applied(Runnable action) {
    return new MeshListener() {
      @Override
      public void configurationApplied(long generation) {
        action.run();
      }
    };
  }

  @Test
  void everyListenerIsToldWhateverAnotherThrows() {
    CountDownLatch told = new CountDownLatch(2);

    runner
        .withBean("one", MeshListener.class, () -> applied(told::countDown))
        .withBean(
            "broken",
            MeshListener.class,
            () ->
                applied(
                    () -> {
                      throw new IllegalStateException("broken");
                    }))
        .withBean("two", MeshListener.class, () -> applied(told::countDown))
        .run(context -> assertTrue(told.await(10, TimeUnit.SECONDS)));
  }

  @Test
  void metersAreRegisteredWithTheApplicationsRegistry() {
    service.answer(200, "");

    runner
        .withBean(MeterRegistry.class, SimpleMeterRegistry::new)
        .run(
            context -> {
              assertEquals(200, call(context.getBean(Mesh.class), service.url("/")));
              MeterRegistry registry = context.getBean(MeterRegistry.class);
              assertTrue(
                  registry.getMeters().stream()
                      .anyMatch(meter -> meter.getId().getName().startsWith("mesh")),
                  () -> registry.getMeters().toString());
            });
  }

  @Test
  void spansAreMadeWithTheApplicationsOpenTelemetry() {
    AtomicInteger tracers = new AtomicInteger();
    OpenTelemetry telemetry =
        new OpenTelemetry() {
          @Override
          public TracerProvider getTracerProvider() {
            tracers.incrementAndGet();
            return TracerProvider.noop();
          }

          @Override
          public io.opentelemetry.context.propagation.ContextPropagators getPropagators() {
            return io.opentelemetry.context.propagation.ContextPropagators.noop();
          }
        };

    runner
        .withBean(OpenTelemetry.class, () -> telemetry)
        .run(
            context -> {
              assertNotNull(context.getBean(Mesh.class));
              assertTrue(tracers.get() > 0);
            });
  }

  @Test
  void itWorksWithoutMicrometerAndOpenTelemetry() {
    service.answer(200, "");

    runner
        .withClassLoader(new FilteredClassLoader(MeterRegistry.class, OpenTelemetry.class))
        .run(
            context -> {
              assertFalse(context.containsBean("meshMeterRegistryCustomizer"));
              assertFalse(context.containsBean("meshOpenTelemetryCustomizer"));
              assertEquals(200, call(context.getBean(Mesh.class), service.url("/")));
            });
  }

  @Test
  void anApplicationThatSaysNothingIsToldWhatToSay() {
    new ApplicationContextRunner()
        .withConfiguration(AutoConfigurations.of(MeshAutoConfiguration.class))
        .run(
            context -> {
              String told = StartupFailure.of(context);
              assertTrue(told.contains("node.id is not set"), told);
              assertTrue(told.contains("Set mesh.node.id and one of"), told);
              assertTrue(told.contains("mesh.enabled=false"), told);
            });
  }

  @Test
  void settingsThatTheMeshRefusesAreTold() throws IOException {
    ApplicationContextRunner bare =
        new ApplicationContextRunner()
            .withConfiguration(AutoConfigurations.of(MeshAutoConfiguration.class));
    Path notPem = Files.writeString(documents.resolve("ca.pem"), "no certificate");
    Set<Thread> before = meshThreads();

    bare.withPropertyValues("mesh.node.id=serviceA", "mesh.app-mesh.directory=" + documents)
        .run(
            context -> {
              String told = StartupFailure.of(context);
              assertTrue(told.contains("node.id is \"serviceA\""), told);
              assertTrue(told.contains("mesh/MESH/virtualNode/NODE"), told);
            });
    bare.withPropertyValues(
            "mesh.node.id=serviceA",
            "mesh.control-plane.address=127.0.0.1:1",
            "mesh.control-plane.tls.trusted-ca=" + notPem)
        .run(
            context -> {
              String told = StartupFailure.of(context);
              assertTrue(told.contains(notPem.toString()), told);
            });
    awaitNoneBegun(before);
  }

  @Test
  void twoMeshesOfTheApplicationAreLeftToIt() {
    Mesh one = mesh();
    Mesh two = mesh();
    new ApplicationContextRunner()
        .withConfiguration(
            AutoConfigurations.of(
                MeshAutoConfiguration.class, MeshHttpClientAutoConfiguration.class))
        .withBean("one", Mesh.class, () -> one)
        .withBean("two", Mesh.class, () -> two)
        .run(
            context -> {
              assertEquals(2, context.getBeansOfType(Mesh.class).size());
              assertFalse(context.containsBean("meshBaseClient"));
            });
  }

  private Mesh mesh() {
    return Mesh.builder()
        .bootstrap(
            Bootstrap.builder()
                .nodeId("mesh/m/virtualNode/client")
                .appMeshDirectory(documents)
                .build())
        .build();
  }

  @Test
  void everyEventReachesListeners() throws Exception {
    for (Method method : MeshListener.class.getMethods()) {
      List<String> told = new ArrayList<>();
      MeshListener listener =
          (MeshListener)
              Proxy.newProxyInstance(
                  getClass().getClassLoader(),
                  new Class<?>[] {MeshListener.class},
                  (proxy, called, arguments) -> {
                    told.add(called.getName() + List.of(arguments));
                    return null;
                  });
      Object[] arguments = new Object[method.getParameterCount()];
      for (int i = 0; i < arguments.length; i++) {
        arguments[i] = value(method.getParameterTypes()[i], i);
      }

      method.invoke(new MeshListeners(List.of(listener)), arguments);

      assertEquals(List.of(method.getName() + List.of(arguments)), told);
    }
  }

  private static Object value(Class<?> type, int index) {
    if (type == String.class) {
      return "text " + index;
    }
    if (type == long.class) {
      return 10L + index;
    }
    return type == boolean.class ? (Object) true : Instant.EPOCH.plusSeconds(index);
  }

  @Test
  void noThreadOfTheMeshOutlivesTheContext() throws InterruptedException {
    Set<Thread> before = meshThreads();
    service.answer(200, "");
    runner.run(
        context -> {
          assertEquals(200, call(context.getBean(Mesh.class), service.url("/")));
          assertFalse(begun(before).isEmpty());
        });
    awaitNoneBegun(before);
  }

  private static void awaitNoneBegun(Set<Thread> before) {
    long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(10);
    while (!begun(before).isEmpty() && System.nanoTime() < deadline) {
      Thread.onSpinWait();
    }
    assertEquals(Set.of(), begun(before));
  }

  private static Set<Thread> begun(Set<Thread> before) {
    Set<Thread> threads = meshThreads();
    threads.removeAll(before);
    return threads;
  }

  /** Those of this test's mesh, and of contexts that other tests of this JVM have left open. */
  private static Set<Thread> meshThreads() {
    return Thread.getAllStackTraces().keySet().stream()
        .filter(thread -> thread.getName().startsWith("mesh-"))
        .collect(Collectors.toCollection(HashSet::new));
  }
}
