package dev.proxyless.mesh.spring;

import dev.proxyless.mesh.Bootstrap;
import dev.proxyless.mesh.Mesh;
import dev.proxyless.mesh.telemetry.MeshListener;
import io.micrometer.core.instrument.MeterRegistry;
import io.opentelemetry.api.OpenTelemetry;
import java.util.List;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.beans.factory.config.BeanDefinition;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBooleanProperty;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Role;
import org.springframework.core.Ordered;
import org.springframework.core.annotation.Order;
import org.springframework.core.env.Environment;
import org.springframework.core.io.ResourceLoader;

/**
 * Auto-configuration of a {@link Mesh}, told of the application's {@code MeterRegistry}, {@code
 * OpenTelemetry} and {@link MeshListener} beans, and of {@link MeshRetry @MeshRetry}.
 *
 * <p>An application that has a {@link Mesh} bean of its own keeps it; one that has a {@link
 * Bootstrap} bean gets a mesh of that, and no property says otherwise.
 */
@AutoConfiguration
@ConditionalOnBooleanProperty(name = "mesh.enabled", matchIfMissing = true)
@EnableConfigurationProperties(MeshProperties.class)
public final class MeshAutoConfiguration {

  @Bean
  @ConditionalOnMissingBean({Mesh.class, Bootstrap.class})
  Bootstrap meshBootstrap(
      MeshProperties properties, Environment environment, ResourceLoader resources) {
    return new BootstrapFactory(properties, environment, resources).create();
  }

  @Bean(destroyMethod = "close")
  @ConditionalOnMissingBean
  Mesh mesh(Bootstrap bootstrap, ObjectProvider<MeshBuilderCustomizer> customizers) {
    Mesh.Builder builder = Mesh.builder().bootstrap(bootstrap);
    customizers.orderedStream().forEach(each -> each.customize(builder));
    try {
      return builder.build();
    } catch (IllegalArgumentException wrong) {
      throw new MeshConfigurationException(
          "The mesh cannot begin: " + wrong.getMessage() + ".",
          "Correct that setting among the mesh.* properties or in mesh.yaml.",
          wrong);
    }
  }

  @Bean
  @Order(Ordered.HIGHEST_PRECEDENCE)
  MeshBuilderCustomizer meshListenerCustomizer(ObjectProvider<MeshListener> listeners) {
    List<MeshListener> all = listeners.orderedStream().toList();
    return builder -> {
      if (!all.isEmpty()) {
        builder.listener(new MeshListeners(all));
      }
    };
  }

  @Bean
  @Role(BeanDefinition.ROLE_INFRASTRUCTURE)
  static MeshRetryBeanPostProcessor meshRetryBeanPostProcessor(ObjectProvider<Mesh> mesh) {
    return new MeshRetryBeanPostProcessor(mesh);
  }

  @Configuration(proxyBeanMethods = false)
  @ConditionalOnClass(MeterRegistry.class)
  static final class MicrometerConfiguration {

    @Bean
    @Order(Ordered.HIGHEST_PRECEDENCE)
    MeshBuilderCustomizer meshMeterRegistryCustomizer(ObjectProvider<MeterRegistry> registry) {
      return builder -> registry.ifAvailable(builder::meterRegistry);
    }
  }

  @Configuration(proxyBeanMethods = false)
  @ConditionalOnClass(OpenTelemetry.class)
  static final class OpenTelemetryConfiguration {

    @Bean
    @Order(Ordered.HIGHEST_PRECEDENCE)
    MeshBuilderCustomizer meshOpenTelemetryCustomizer(ObjectProvider<OpenTelemetry> telemetry) {
      return builder -> telemetry.ifAvailable(builder::openTelemetry);
    }
  }
}
