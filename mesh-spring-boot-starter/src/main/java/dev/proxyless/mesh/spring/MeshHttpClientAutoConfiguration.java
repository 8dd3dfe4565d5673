package dev.proxyless.mesh.spring;

import dev.proxyless.mesh.Mesh;
import dev.proxyless.mesh.okhttp.MeshOkHttp;
import java.util.List;
import okhttp3.OkHttpClient;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.beans.factory.SmartInitializingSingleton;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnProperty;
import org.springframework.boot.autoconfigure.condition.ConditionalOnSingleCandidate;
import org.springframework.boot.http.client.ClientHttpRequestFactoryBuilder;
import org.springframework.boot.http.client.HttpClientSettings;
import org.springframework.boot.http.client.autoconfigure.ClientHttpRequestFactoryBuilderCustomizer;
import org.springframework.boot.http.client.autoconfigure.imperative.ImperativeHttpClientAutoConfiguration;
import org.springframework.boot.http.client.autoconfigure.service.HttpServiceClientProperties;
import org.springframework.boot.ssl.SslBundles;
import org.springframework.boot.util.LambdaSafe;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.env.Environment;
import org.springframework.web.client.support.RestClientHttpServiceGroupConfigurer;

/**
 * Auto-configuration of Spring's HTTP clients to go through the mesh, on OkHttp, as far as {@code
 * mesh.client} says. An {@link OkHttpClient} bean of the application is what they are derived of.
 */
@AutoConfiguration(
    after = MeshAutoConfiguration.class,
    before = ImperativeHttpClientAutoConfiguration.class)
@ConditionalOnClass(ClientHttpRequestFactoryBuilder.class)
@ConditionalOnSingleCandidate(Mesh.class)
public final class MeshHttpClientAutoConfiguration {

  private static final Logger log = LoggerFactory.getLogger(MeshHttpClientAutoConfiguration.class);

  private static final String FACTORY = "spring.http.clients.imperative.factory";

  private static MeshClientHttpRequestFactoryBuilder factories(
      Mesh mesh, MeshBaseClient base, MeshProperties properties) {
    return new MeshClientHttpRequestFactoryBuilder(
        mesh,
        base.client(),
        MeshOkHttp.Options.DEFAULT.withFailuresAsExceptions(properties.failuresAsExceptions()),
        builder -> {});
  }

  @Bean(destroyMethod = "close")
  MeshBaseClient meshBaseClient(ObjectProvider<OkHttpClient> users) {
    return MeshBaseClient.of(users.getIfAvailable());
  }

  /** For every client that Boot configures. */
  @Configuration(proxyBeanMethods = false)
  @ConditionalOnProperty(name = "mesh.client", havingValue = "all", matchIfMissing = true)
  static final class AllConfiguration {

    @Bean
    @ConditionalOnMissingBean(ClientHttpRequestFactoryBuilder.class)
    MeshClientHttpRequestFactoryBuilder meshClientHttpRequestFactoryBuilder(
        Mesh mesh,
        MeshBaseClient base,
        MeshProperties properties,
        Environment environment,
        ObjectProvider<ClientHttpRequestFactoryBuilderCustomizer<?>> customizers) {
      if (environment.containsProperty(FACTORY)) {
        log.warn(
            "{}={} has no effect: mesh.client=all takes OkHttp; set mesh.client to groups or none to"
                + " choose another",
            FACTORY,
            environment.getProperty(FACTORY));
      }
      return customize(factories(mesh, base, properties), customizers.orderedStream().toList());
    }

    /** A builder of the application's own stays, and its clients go around the mesh. */
    @Bean
    SmartInitializingSingleton meshClientCheck(
        ObjectProvider<ClientHttpRequestFactoryBuilder<?>> builders) {
      return () ->
          builders.stream()
              .filter(each -> !(each instanceof MeshClientHttpRequestFactoryBuilder))
              .forEach(
                  each ->
                      log.warn(
                          "mesh.client=all, but the application has a {} of its own: its HTTP clients do"
                              + " not go through the mesh; remove that bean, or set mesh.client to"
                              + " groups or none",
                          each.getClass().getName()));
    }

    /** Each customizer is called with the type of builder that it is declared for. */
    @SuppressWarnings("unchecked")
    private static MeshClientHttpRequestFactoryBuilder customize(
        MeshClientHttpRequestFactoryBuilder builder,
        List<ClientHttpRequestFactoryBuilderCustomizer<?>> customizers) {
      MeshClientHttpRequestFactoryBuilder[] customized = {builder};
      LambdaSafe.callbacks(
              ClientHttpRequestFactoryBuilderCustomizer.class, customizers, customized[0])
          .invoke(
              each ->
                  customized[0] =
                      ((ClientHttpRequestFactoryBuilderCustomizer<
                                  MeshClientHttpRequestFactoryBuilder>)
                              each)
                          .customize(customized[0]));
      return customized[0];
    }
  }

  /** For HTTP service groups alone. */
  @Configuration(proxyBeanMethods = false)
  @ConditionalOnClass({
    RestClientHttpServiceGroupConfigurer.class,
    HttpServiceClientProperties.class
  })
  @ConditionalOnProperty(name = "mesh.client", havingValue = "groups")
  static final class GroupsConfiguration {

    @Bean
    MeshHttpServiceGroupConfigurer meshHttpServiceGroupConfigurer(
        Mesh mesh,
        MeshBaseClient base,
        MeshProperties properties,
        ObjectProvider<HttpServiceClientProperties> groups,
        ObjectProvider<SslBundles> bundles,
        ObjectProvider<HttpClientSettings> settings) {
      return new MeshHttpServiceGroupConfigurer(
          factories(mesh, base, properties),
          groups.getIfAvailable(),
          bundles.getIfAvailable(),
          settings.getIfAvailable());
    }
  }
}
