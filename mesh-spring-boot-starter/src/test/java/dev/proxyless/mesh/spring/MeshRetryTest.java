package dev.proxyless.mesh.spring;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.proxyless.mesh.Bootstrap;
import dev.proxyless.mesh.Mesh;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BiFunction;
import mockwebserver3.MockResponse;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.aop.framework.Advised;
import org.springframework.aop.support.AopUtils;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.autoconfigure.ssl.SslAutoConfiguration;
import org.springframework.boot.http.client.autoconfigure.HttpClientAutoConfiguration;
import org.springframework.boot.http.client.autoconfigure.imperative.ImperativeHttpClientAutoConfiguration;
import org.springframework.boot.http.client.autoconfigure.service.HttpServiceClientPropertiesAutoConfiguration;
import org.springframework.boot.restclient.autoconfigure.RestClientAutoConfiguration;
import org.springframework.boot.restclient.autoconfigure.service.HttpServiceClientAutoConfiguration;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.support.GenericApplicationContext;
import org.springframework.core.io.ByteArrayResource;
import org.springframework.core.io.InputStreamResource;
import org.springframework.core.io.Resource;
import org.springframework.resilience.annotation.EnableResilientMethods;
import org.springframework.resilience.annotation.Retryable;
import org.springframework.scheduling.annotation.Async;
import org.springframework.scheduling.annotation.EnableAsync;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.client.HttpServerErrorException;
import org.springframework.web.client.RestClient;
import org.springframework.web.service.annotation.GetExchange;
import org.springframework.web.service.annotation.HttpExchange;
import org.springframework.web.service.annotation.PostExchange;
import org.springframework.web.service.registry.ImportHttpServices;

class MeshRetryTest {

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
                    MeshAutoConfiguration.class,
                    MeshHttpClientAutoConfiguration.class,
                    SslAutoConfiguration.class,
                    HttpClientAutoConfiguration.class,
                    ImperativeHttpClientAutoConfiguration.class,
                    RestClientAutoConfiguration.class,
                    HttpServiceClientPropertiesAutoConfiguration.class,
                    HttpServiceClientAutoConfiguration.class))
            .withPropertyValues(service.properties())
            .withPropertyValues(
                "test.url=" + service.url("/"),
                "spring.http.serviceclient.orders.base-url=" + service.url("/"));
  }

  @AfterEach
  void stop() {
    service.close();
  }

  private void answer(int... statuses) {
    for (int status : statuses) {
      service.answer(status, "status " + status);
    }
  }

  /** A bean that counts the runs of its methods. */
  static class Shop {
    final AtomicInteger runs = new AtomicInteger();
    private final RestClient rest;

    Shop(RestClient.Builder rest, String url) {
      this.rest = rest.baseUrl(url).build();
    }

    @Nullable String get() {
      runs.incrementAndGet();
      return rest.get().retrieve().body(String.class);
    }
  }

  static class MethodShop extends Shop {
    MethodShop(RestClient.Builder rest, String url) {
      super(rest, url);
    }

    @MeshRetry(maxRetries = 2)
    public @Nullable String retried() {
      return get();
    }

    public @Nullable String plain() {
      return get();
    }

    @MeshRetry
    public void failing() throws IOException {
      throw new IOException("of the method");
    }
  }

  static class PropertyShop extends Shop {
    PropertyShop(RestClient.Builder rest, String url) {
      super(rest, url);
    }

    @MeshRetry(
        retryOn = "${test.retry-on}",
        retriableStatusCodes = 418,
        perTryTimeout = "${test.per-try}")
    public @Nullable String ofProperties() {
      return get();
    }
  }

  @MeshRetry(maxRetries = 2)
  static class TypeShop extends Shop {
    TypeShop(RestClient.Builder rest, String url) {
      super(rest, url);
    }

    public @Nullable String ofType() {
      return get();
    }

    @MeshRetry(maxRetries = 0)
    public @Nullable String ofMethod() {
      return get();
    }
  }

  private <T extends Shop> ApplicationContextRunner with(
      Class<T> type, BiFunction<RestClient.Builder, String, T> constructor) {
    return runner.withInitializer(
        context ->
            ((GenericApplicationContext) context)
                .registerBean(
                    type,
                    () ->
                        constructor.apply(
                            context.getBean(RestClient.Builder.class), service.url("/"))));
  }

  @Test
  void theMeshRetriesAndTheMethodRunsOnce() {
    answer(503, 502, 200);

    with(MethodShop.class, MethodShop::new)
        .run(
            context -> {
              MethodShop shop = context.getBean(MethodShop.class);
              assertEquals("status 200", shop.retried());
              assertEquals(1, runs(shop));
              assertEquals(3, service.server().getRequestCount());
            });
  }

  /** A proxy's own field is not the target's. */
  private static int runs(Shop shop) throws Exception {
    Object target = ((Advised) shop).getTargetSource().getTarget();
    return ((Shop) Objects.requireNonNull(target)).runs.get();
  }

  @Test
  void withoutTheAnnotationTheRoutesPolicyHolds() {
    answer(503, 200);

    with(MethodShop.class, MethodShop::new)
        .run(
            context -> {
              MethodShop shop = context.getBean(MethodShop.class);
              assertThrows(HttpServerErrorException.class, shop::plain);
              assertEquals(1, service.server().getRequestCount());
            });
  }

  @Test
  void retriesEndWhereTheyAreUsedUp() {
    answer(503, 503, 503, 200);

    with(MethodShop.class, MethodShop::new)
        .run(
            context -> {
              MethodShop shop = context.getBean(MethodShop.class);
              assertThrows(HttpServerErrorException.class, shop::retried);
              assertEquals(3, service.server().getRequestCount());
              assertEquals(1, runs(shop));
            });
  }

  @Test
  void theAnnotationOfATypeHoldsForItsMethodsAndThatOfAMethodWins() {
    answer(503, 503, 200);
    answer(503, 200);

    with(TypeShop.class, TypeShop::new)
        .run(
            context -> {
              TypeShop shop = context.getBean(TypeShop.class);
              assertEquals("status 200", shop.ofType());
              assertThrows(HttpServerErrorException.class, shop::ofMethod);
              assertEquals(4, service.server().getRequestCount());
            });
  }

  @Test
  void valuesMayComeFromProperties() {
    answer(409, 418);
    service.answer(new MockResponse.Builder().headersDelay(30, TimeUnit.SECONDS).build());

    with(PropertyShop.class, PropertyShop::new)
        .withPropertyValues("test.retry-on=retriable-4xx, reset", "test.per-try=100ms")
        .run(
            context -> {
              PropertyShop shop = context.getBean(PropertyShop.class);
              RuntimeException failure = assertThrows(RuntimeException.class, shop::ofProperties);
              assertTrue(String.valueOf(failure.getMessage()).startsWith("418"), failure::toString);
              RuntimeException late = assertThrows(RuntimeException.class, shop::ofProperties);
              assertTrue(String.valueOf(late.getMessage()).startsWith("504"), late::toString);
            });
  }

  @Test
  void whatTheMethodThrowsComesOutAsItIs() {
    with(MethodShop.class, MethodShop::new)
        .run(
            context ->
                assertEquals(
                    "of the method",
                    assertThrows(
                            IOException.class, () -> context.getBean(MethodShop.class).failing())
                        .getMessage()));
  }

  interface Base {
    @GetExchange("/base")
    String base();
  }

  @HttpExchange("/orders")
  @MeshRetry(maxRetries = 2)
  interface Orders extends Base {
    @GetExchange
    String ofType();

    @GetExchange
    @MeshRetry(maxRetries = 0)
    String ofMethod();

    @PostExchange
    String post(@RequestBody Resource body);
  }

  interface Plain {
    @GetExchange("/plain")
    String get();
  }

  @Configuration(proxyBeanMethods = false)
  @ImportHttpServices(
      group = "orders",
      types = {Orders.class, Plain.class})
  static class Groups {}

  @Test
  void httpServiceInterfacesHaveTheirPolicies() {
    answer(503, 503, 200);
    answer(503);
    answer(503, 503, 200);
    answer(503);

    runner
        .withUserConfiguration(Groups.class)
        .run(
            context -> {
              Orders orders = context.getBean(Orders.class);
              assertEquals("status 200", orders.ofType());
              assertThrows(HttpServerErrorException.class, orders::ofMethod);
              assertEquals("status 200", orders.base());
              assertThrows(HttpServerErrorException.class, context.getBean(Plain.class)::get);
              assertEquals(8, service.server().getRequestCount());
            });
  }

  @Test
  void aBodyThatCanBeWrittenOnceIsNotSentAgain() {
    answer(503);
    answer(503, 200);

    runner
        .withUserConfiguration(Groups.class)
        .run(
            context -> {
              Orders orders = context.getBean(Orders.class);
              byte[] body = {1, 2, 3};
              assertThrows(
                  HttpServerErrorException.class,
                  () -> orders.post(new InputStreamResource(new ByteArrayInputStream(body))));
              assertEquals(1, service.server().getRequestCount());
              assertEquals("status 200", orders.post(new ByteArrayResource(body)));
              assertEquals(3, service.server().getRequestCount());
            });
  }

  @MeshRetry(maxRetries = 0)
  static class Caller {
    private final TypeShop called;

    Caller(TypeShop called) {
      this.called = called;
    }

    public @Nullable String call() {
      return called.ofType();
    }
  }

  @Test
  void thePolicyOfTheCalledBeanWinsOverItsCallers() {
    answer(503, 503, 200);

    with(TypeShop.class, TypeShop::new)
        .withBean(Caller.class)
        .run(context -> assertEquals("status 200", context.getBean(Caller.class).call()));
  }

  interface Greeter {
    @MeshRetry(maxRetries = 2)
    @Nullable String greet();
  }

  static class RealGreeter extends Shop implements Greeter {
    RealGreeter(RestClient.Builder rest, String url) {
      super(rest, url);
    }

    @Override
    public @Nullable String greet() {
      return get();
    }
  }

  @Test
  void theAnnotationMayStandOnAnInterfaceOfTheBean() {
    answer(503, 200);

    with(RealGreeter.class, RealGreeter::new)
        .run(context -> assertEquals("status 200", context.getBean(Greeter.class).greet()));
  }

  static class AsyncShop extends Shop {
    AsyncShop(RestClient.Builder rest, String url) {
      super(rest, url);
    }

    @Async
    @MeshRetry(maxRetries = 2)
    public CompletableFuture<@Nullable String> later() {
      return CompletableFuture.completedFuture(get());
    }
  }

  @Configuration(proxyBeanMethods = false)
  @EnableAsync
  static class WithAsync {}

  @Test
  void anAsyncMethodHasItsPolicyOnTheThreadThatRunsIt() {
    answer(503, 200);

    with(AsyncShop.class, AsyncShop::new)
        .withUserConfiguration(WithAsync.class)
        .run(
            context ->
                assertEquals(
                    "status 200",
                    context.getBean(AsyncShop.class).later().get(10, TimeUnit.SECONDS)));
  }

  @Test
  void beansWithoutTheAnnotationAreNotTouched() {
    with(Shop.class, Shop::new)
        .run(context -> assertFalse(AopUtils.isAopProxy(context.getBean(Shop.class))));
  }

  static class TwiceShop extends Shop {
    TwiceShop(RestClient.Builder rest, String url) {
      super(rest, url);
    }

    @Retryable(maxRetries = 2, delay = 1)
    @MeshRetry(maxRetries = 1)
    public @Nullable String both() {
      return get();
    }

    @MeshRetry
    final @Nullable String fixed() {
      return get();
    }
  }

  @Configuration(proxyBeanMethods = false)
  @EnableResilientMethods
  static class WithResilientMethods {}

  @Test
  @ExtendWith(OutputCaptureExtension.class)
  void aMethodThatIsRetriedTwiceOverIsToldAtStartUp(CapturedOutput output) {
    answer(503, 503, 503, 503, 503, 503, 200);

    with(TwiceShop.class, TwiceShop::new)
        .withUserConfiguration(WithResilientMethods.class)
        .run(
            context -> {
              String told = output.toString();
              assertTrue(told.contains("TwiceShop.both has both @Retryable and @MeshRetry"), told);
              assertTrue(told.contains("each of up to 3 runs"), told);
              assertTrue(told.contains("up to 2 tries"), told);
              assertEquals(told.indexOf("has both"), told.lastIndexOf("has both"));

              TwiceShop shop = context.getBean(TwiceShop.class);
              assertThrows(HttpServerErrorException.class, shop::both);
              assertEquals(3, runs(shop));
              assertEquals(6, service.server().getRequestCount());
            });
  }

  @Test
  @ExtendWith(OutputCaptureExtension.class)
  void anAnnotationThatCannotActIsTold(CapturedOutput output) {
    with(TwiceShop.class, TwiceShop::new)
        .run(
            context ->
                assertTrue(
                    output.toString().contains("TwiceShop.fixed does nothing"), output.toString()));
  }

  static class WrongWord {
    @MeshRetry(retryOn = "5XX")
    public void call() {}
  }

  static class WrongTime {
    @MeshRetry(perTryTimeout = "soon")
    public void call() {}
  }

  static class WrongNumber {
    @MeshRetry(maxRetries = -1)
    public void call() {}
  }

  @Test
  void aWrongValueKeepsTheApplicationFromStarting() {
    refused(WrongWord.class, "WrongWord.call is wrong: \"5XX\" is no retry condition");
    refused(WrongTime.class, "WrongTime.call is wrong: perTryTimeout is \"soon\"");
    refused(WrongNumber.class, "WrongNumber.call is wrong: numRetries is -1");
  }

  private void refused(Class<?> bean, String part) {
    runner
        .withBean(bean)
        .run(
            context -> {
              String told = StartupFailure.of(context);
              assertTrue(told.contains(part), told);
            });
  }

  @Test
  void aMeshOfTheApplicationIsTheOneThatRetries() {
    answer(503, 200);

    try (Mesh users =
        Mesh.builder()
            .bootstrap(
                Bootstrap.builder()
                    .nodeId("mesh/m/virtualNode/client")
                    .appMeshDirectory(documents)
                    .build())
            .build()) {
      with(TypeShop.class, TypeShop::new)
          .withBean(Mesh.class, () -> users)
          .run(context -> assertEquals("status 200", context.getBean(TypeShop.class).ofType()));
    }
  }
}
