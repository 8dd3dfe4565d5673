package dev.proxyless.mesh.spring;

import static java.util.Objects.requireNonNull;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.proxyless.mesh.Mesh;
import dev.proxyless.mesh.call.MeshCallException;
import dev.proxyless.mesh.okhttp.MeshOkHttp;
import dev.proxyless.mesh.telemetry.ResponseFlag;
import java.io.IOException;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import mockwebserver3.MockResponse;
import mockwebserver3.RecordedRequest;
import okhttp3.OkHttpClient;
import okhttp3.Request;
import okhttp3.Response;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.autoconfigure.ssl.SslAutoConfiguration;
import org.springframework.boot.http.client.ClientHttpRequestFactoryBuilder;
import org.springframework.boot.http.client.JdkClientHttpRequestFactoryBuilder;
import org.springframework.boot.http.client.autoconfigure.ClientHttpRequestFactoryBuilderCustomizer;
import org.springframework.boot.http.client.autoconfigure.HttpClientAutoConfiguration;
import org.springframework.boot.http.client.autoconfigure.imperative.ImperativeHttpClientAutoConfiguration;
import org.springframework.boot.http.client.autoconfigure.service.HttpServiceClientPropertiesAutoConfiguration;
import org.springframework.boot.http.converter.autoconfigure.HttpMessageConvertersAutoConfiguration;
import org.springframework.boot.restclient.RestTemplateBuilder;
import org.springframework.boot.restclient.autoconfigure.RestClientAutoConfiguration;
import org.springframework.boot.restclient.autoconfigure.RestTemplateAutoConfiguration;
import org.springframework.boot.restclient.autoconfigure.service.HttpServiceClientAutoConfiguration;
import org.springframework.boot.test.context.FilteredClassLoader;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.context.ApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.web.client.HttpServerErrorException;
import org.springframework.web.client.ResourceAccessException;
import org.springframework.web.client.RestClient;
import org.springframework.web.client.support.RestClientHttpServiceGroupConfigurer;
import org.springframework.web.service.annotation.GetExchange;
import org.springframework.web.service.registry.ImportHttpServices;

class MeshHttpClientAutoConfigurationTest {

  @TempDir private Path documents;
  private ServiceMesh service;
  private ApplicationContextRunner runner;

  interface Orders {
    @GetExchange("/orders")
    String orders();
  }

  @Configuration(proxyBeanMethods = false)
  @ImportHttpServices(group = "orders", types = Orders.class)
  static class Groups {}

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
                    HttpMessageConvertersAutoConfiguration.class,
                    RestClientAutoConfiguration.class,
                    RestTemplateAutoConfiguration.class,
                    HttpServiceClientPropertiesAutoConfiguration.class,
                    HttpServiceClientAutoConfiguration.class))
            .withUserConfiguration(Groups.class)
            .withPropertyValues(service.properties())
            .withPropertyValues("spring.http.serviceclient.orders.base-url=" + service.url("/"));
  }

  @AfterEach
  void stop() {
    service.close();
  }

  private @Nullable String byRestClient(ApplicationContext context, String url) {
    return context
        .getBean(RestClient.Builder.class)
        .build()
        .get()
        .uri(url)
        .retrieve()
        .body(String.class);
  }

  private static String byGroup(ApplicationContext context) {
    return context.getBean(Orders.class).orders();
  }

  private @Nullable String byRestTemplate(ApplicationContext context) {
    return context
        .getBean(RestTemplateBuilder.class)
        .build()
        .getForObject(service.url("/"), String.class);
  }

  @Test
  void everyClientGoesThroughTheMesh() {
    service.answer(200, "one");
    service.answer(200, "two");
    service.answer(200, "three");

    runner.run(
        context -> {
          assertEquals("one", byRestClient(context, service.url("/")));
          assertEquals("two", byGroup(context));
          assertEquals("three", byRestTemplate(context));
        });
  }

  @Test
  void groupsAloneGoThroughTheMesh() {
    service.answer(200, "group");
    service.answer(200, "direct");

    runner
        .withPropertyValues("mesh.client=groups")
        .run(
            context -> {
              assertEquals("group", byGroup(context));
              assertThrows(
                  ResourceAccessException.class, () -> byRestClient(context, service.url("/")));
              assertThrows(ResourceAccessException.class, () -> byRestTemplate(context));
              assertEquals("direct", byRestClient(context, service.direct("/")));
            });
  }

  @Test
  void groupsHaveTheirOwnSettings() {
    service.answer(new MockResponse.Builder().headersDelay(10, TimeUnit.SECONDS).build());

    runner
        .withPropertyValues(
            "mesh.client=groups", "spring.http.serviceclient.orders.read-timeout=100ms")
        .run(
            context -> {
              RuntimeException failure =
                  assertThrows(RuntimeException.class, () -> byGroup(context));
              assertInstanceOf(HttpServerErrorException.class, failure);
            });
  }

  @Test
  void noClientGoesThroughTheMesh() {
    service.answer(200, "direct");

    runner
        .withPropertyValues("mesh.client=none")
        .run(
            context -> {
              assertThrows(
                  ResourceAccessException.class, () -> byRestClient(context, service.url("/")));
              assertThrows(ResourceAccessException.class, () -> byGroup(context));
              assertEquals("direct", byRestClient(context, service.direct("/")));
              assertEquals(
                  0, context.getBeansOfType(MeshClientHttpRequestFactoryBuilder.class).size());
            });
  }

  @Test
  void noClientGoesThroughAMeshThatIsNotEnabled() {
    runner
        .withPropertyValues("mesh.enabled=false")
        .run(
            context -> {
              assertThrows(
                  ResourceAccessException.class, () -> byRestClient(context, service.url("/")));
              assertEquals(
                  0, context.getBeansOfType(MeshClientHttpRequestFactoryBuilder.class).size());
            });
  }

  @Test
  void groupsNeedNothingThatIsNotThere() {
    runner
        .withPropertyValues("mesh.client=groups")
        .withClassLoader(new FilteredClassLoader(RestClientHttpServiceGroupConfigurer.class))
        .run(context -> assertFalse(context.containsBean("meshHttpServiceGroupConfigurer")));
  }

  @Test
  void nothingIsConfiguredWithoutBootsHttpClients() {
    new ApplicationContextRunner()
        .withConfiguration(
            AutoConfigurations.of(
                MeshAutoConfiguration.class, MeshHttpClientAutoConfiguration.class))
        .withPropertyValues(service.properties())
        .withClassLoader(new FilteredClassLoader(ClientHttpRequestFactoryBuilder.class))
        .run(
            context -> {
              assertTrue(context.containsBean("mesh"));
              assertFalse(context.containsBean("meshBaseClient"));
            });
  }

  @Test
  void theApplicationsClientIsAdaptedAndNotReplaced() {
    AtomicInteger seen = new AtomicInteger();
    OkHttpClient users =
        new OkHttpClient.Builder()
            .addInterceptor(
                chain -> {
                  seen.incrementAndGet();
                  return chain.proceed(chain.request());
                })
            .build();
    service.answer(200, "through");

    runner
        .withBean(OkHttpClient.class, () -> users)
        .run(
            context -> {
              assertSame(users, context.getBean(OkHttpClient.class));
              assertEquals("through", byRestClient(context, service.url("/")));
              assertEquals(1, seen.get());
              assertThrows(
                  IOException.class,
                  () ->
                      users
                          .newCall(new Request.Builder().url(service.url("/")).build())
                          .execute()
                          .close());
            });

    service.answer(200, "still open");
    try (Response response =
        users.newCall(new Request.Builder().url(service.direct("/")).build()).execute()) {
      assertEquals(200, response.code());
    } catch (IOException failed) {
      throw new AssertionError("the application's client was closed", failed);
    }
  }

  @Test
  void severalClientsNeedAPrimaryOne() {
    runner
        .withBean("one", OkHttpClient.class, OkHttpClient::new)
        .withBean("two", OkHttpClient.class, OkHttpClient::new)
        .run(
            context -> {
              String told = String.valueOf(context.getStartupFailure());
              assertTrue(told.contains("one,two") || told.contains("two,one"), told);
            });
  }

  @Test
  @ExtendWith(OutputCaptureExtension.class)
  void aFactoryBuilderOfTheApplicationStaysAndIsTold(CapturedOutput output) {
    runner
        .withBean(JdkClientHttpRequestFactoryBuilder.class, ClientHttpRequestFactoryBuilder::jdk)
        .run(
            context -> {
              assertEquals(1, context.getBeansOfType(ClientHttpRequestFactoryBuilder.class).size());
              assertTrue(
                  output.toString().contains("JdkClientHttpRequestFactoryBuilder of its own"),
                  output.toString());
            });
  }

  @Test
  @ExtendWith(OutputCaptureExtension.class)
  void aFactoryThatIsNotTakenIsTold(CapturedOutput output) {
    runner
        .withPropertyValues("spring.http.clients.imperative.factory=jdk")
        .run(
            context -> {
              context.getBean(RestClient.Builder.class);
              assertTrue(
                  output
                      .toString()
                      .contains("spring.http.clients.imperative.factory=jdk has no effect"),
                  output.toString());
            });
  }

  @Test
  void customizersOfTheBuilderAreAsked() {
    AtomicInteger seen = new AtomicInteger();
    service.answer(200, "through");

    runner
        .withBean(Customizer.class, () -> new Customizer(seen))
        .run(
            context -> {
              assertEquals("through", byRestClient(context, service.url("/")));
              assertEquals(1, seen.get());
            });
  }

  private record Customizer(AtomicInteger seen)
      implements ClientHttpRequestFactoryBuilderCustomizer<MeshClientHttpRequestFactoryBuilder> {
    @Override
    public MeshClientHttpRequestFactoryBuilder customize(
        MeshClientHttpRequestFactoryBuilder builder) {
      return builder.withClientCustomizer(
          client ->
              client.addInterceptor(
                  chain -> {
                    seen.incrementAndGet();
                    return chain.proceed(chain.request());
                  }));
    }
  }

  @Test
  void failuresAreRepliesUnlessTheyAreWantedAsExceptions() {
    service.close();

    runner.run(
        context -> {
          HttpServerErrorException failure =
              assertThrows(
                  HttpServerErrorException.class, () -> byRestClient(context, service.url("/")));
          assertEquals(503, failure.getStatusCode().value());
        });
    runner
        .withPropertyValues("mesh.failures-as-exceptions=true")
        .run(
            context -> {
              ResourceAccessException failure =
                  assertThrows(
                      ResourceAccessException.class, () -> byRestClient(context, service.url("/")));
              MeshCallException cause =
                  assertInstanceOf(MeshCallException.class, failure.getCause());
              assertTrue(cause.info().flags().has(ResponseFlag.UF), cause::toString);
            });
  }

  @Test
  void factoriesOfEqualSettingsShareConnections() {
    service.answer(200, "one");
    service.answer(200, "two");

    runner.run(
        context -> {
          byRestTemplate(context);
          byRestTemplate(context);
          RecordedRequest first = service.server().takeRequest();
          RecordedRequest second = service.server().takeRequest();
          assertEquals(first.getConnectionIndex(), second.getConnectionIndex());
          assertEquals(1, second.getExchangeIndex());
        });
  }

  @Test
  void connectionsOfCallsThatPassedThroughCloseWithTheContext() {
    service.answer(200, "direct");
    AtomicReference<OkHttpClient> client = new AtomicReference<>();

    runner.run(
        context -> {
          client.set(context.getBean(MeshBaseClient.class).client());
          assertEquals("direct", byRestClient(context, service.direct("/")));
          assertEquals(1, requireNonNull(client.get()).connectionPool().connectionCount());
        });

    assertEquals(0, requireNonNull(client.get()).connectionPool().connectionCount());
  }

  @Test
  void aClientThatHasTheMeshAlreadyIsAdaptedLikeAnyOther() {
    service.answer(new MockResponse.Builder().headersDelay(2, TimeUnit.SECONDS).build());

    runner
        .withUserConfiguration(MeshedClient.class)
        .withPropertyValues("spring.http.clients.read-timeout=100ms")
        .run(
            context ->
                assertThrows(
                    HttpServerErrorException.class, () -> byRestClient(context, service.url("/"))));
  }

  @Configuration(proxyBeanMethods = false)
  static class MeshedClient {
    @Bean
    OkHttpClient okHttpClient(Mesh mesh) {
      return MeshOkHttp.install(mesh, new OkHttpClient.Builder()).build();
    }
  }
}
