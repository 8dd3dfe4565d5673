package dev.proxyless.mesh.spring;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.proxyless.mesh.Mesh;
import dev.proxyless.mesh.servlet.MeshFilter;
import dev.proxyless.mesh.servlet.MeshFilterOptions;
import jakarta.servlet.DispatcherType;
import jakarta.servlet.Filter;
import java.nio.file.Path;
import java.util.EnumSet;
import java.util.Objects;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.test.context.FilteredClassLoader;
import org.springframework.boot.test.context.assertj.AssertableWebApplicationContext;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.boot.test.context.runner.WebApplicationContextRunner;
import org.springframework.boot.web.servlet.FilterRegistrationBean;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.Ordered;
import org.springframework.mock.web.MockHttpServletRequest;
import org.springframework.mock.web.MockHttpServletResponse;

class MeshServletAutoConfigurationTest {

  @TempDir private Path documents;
  private ServiceMesh service;
  private WebApplicationContextRunner runner;

  @BeforeEach
  void start() {
    service = new ServiceMesh(documents);
    runner =
        new WebApplicationContextRunner()
            .withConfiguration(
                AutoConfigurations.of(
                    MeshAutoConfiguration.class, MeshServletAutoConfiguration.class))
            .withPropertyValues(service.properties());
  }

  @AfterEach
  void stop() {
    service.close();
  }

  private static FilterRegistrationBean<?> registration(AssertableWebApplicationContext context) {
    return context.getBean(FilterRegistrationBean.class);
  }

  /** What the filter answers to a request that shows no certificate, and says an id. */
  private static MockHttpServletResponse answer(AssertableWebApplicationContext context)
      throws Exception {
    MockHttpServletRequest request = new MockHttpServletRequest("GET", "/");
    request.addHeader("x-request-id", "of-the-peer");
    MockHttpServletResponse response = new MockHttpServletResponse();
    Filter filter = Objects.requireNonNull(registration(context).getFilter());
    filter.doFilter(
        request,
        response,
        (served, reply) -> response.setHeader("id", MeshFilter.requestId(served)));
    return response;
  }

  @Test
  void theFilterStandsInsideObservationAndSeesEveryKindOfDispatchButForwards() {
    runner.run(
        context -> {
          FilterRegistrationBean<?> registration = registration(context);
          assertEquals(Ordered.HIGHEST_PRECEDENCE + 2, registration.getOrder());
          assertEquals(
              EnumSet.of(DispatcherType.REQUEST, DispatcherType.ASYNC, DispatcherType.ERROR),
              registration.determineDispatcherTypes());
          assertTrue(registration.isAsyncSupported());
          assertEquals("of-the-peer", answer(context).getHeader("id"));
        });
  }

  @Test
  void anEdgeTakesNobodysWord() {
    runner
        .withPropertyValues("mesh.servlet.edge=true")
        .run(context -> assertFalse("of-the-peer".equals(answer(context).getHeader("id"))));
  }

  @Test
  void peersThatAreNotAllowedAreRefused() {
    runner
        .withPropertyValues("mesh.servlet.allowed-peers=spiffe://apps.local/serviceA")
        .run(context -> assertEquals(403, answer(context).getStatus()));
  }

  @Test
  void anEmptyListOfPeersIsNotTakenForEverybody() {
    for (String value : new String[] {"", "spiffe://a/b, "}) {
      runner
          .withPropertyValues("mesh.servlet.allowed-peers=" + value)
          .run(
              context -> {
                String told = StartupFailure.of(context);
                assertTrue(told.contains("'mesh.servlet.allowed-peers'"), told);
              });
    }
  }

  @Test
  void optionsOfTheApplicationTakeThePlaceOfProperties() {
    runner
        .withBean(
            MeshFilterOptions.class,
            () -> MeshFilterOptions.builder().allowPeers("spiffe://a/b").build())
        .run(context -> assertEquals(403, answer(context).getStatus()));
  }

  @Configuration(proxyBeanMethods = false)
  static class OwnRegistration {
    @Bean
    FilterRegistrationBean<MeshFilter> own(Mesh mesh) {
      return new FilterRegistrationBean<>(new MeshFilter(mesh));
    }
  }

  @Test
  void aRegistrationOfTheApplicationStays() {
    runner
        .withUserConfiguration(OwnRegistration.class)
        .run(
            context -> {
              assertFalse(context.containsBean("meshFilter"));
              assertTrue(context.containsBean("own"));
            });
  }

  @Test
  void thereIsNoneWhereItIsNotEnabled() {
    runner
        .withPropertyValues("mesh.servlet.enabled=false")
        .run(context -> assertFalse(context.containsBean("meshFilter")));
  }

  @Test
  void thereIsNoneWithoutAMesh() {
    runner
        .withPropertyValues("mesh.enabled=false")
        .run(context -> assertFalse(context.containsBean("meshFilter")));
  }

  @Test
  void thereIsNoneWithoutMeshServlet() {
    runner
        .withClassLoader(new FilteredClassLoader(MeshFilter.class))
        .run(
            context -> {
              assertFalse(context.containsBean("meshFilter"));
              assertTrue(context.containsBean("mesh"));
            });
  }

  @Test
  void thereIsNoneInAnApplicationThatServesNothing() {
    new ApplicationContextRunner()
        .withConfiguration(
            AutoConfigurations.of(MeshAutoConfiguration.class, MeshServletAutoConfiguration.class))
        .withPropertyValues(service.properties())
        .run(context -> assertFalse(context.containsBean("meshFilter")));
  }
}
