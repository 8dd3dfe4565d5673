package dev.proxyless.mesh.spring;

import dev.proxyless.mesh.Mesh;
import dev.proxyless.mesh.servlet.MeshFilter;
import dev.proxyless.mesh.servlet.MeshFilterOptions;
import jakarta.servlet.DispatcherType;
import jakarta.servlet.Filter;
import java.util.EnumSet;
import java.util.List;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBooleanProperty;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingFilterBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnSingleCandidate;
import org.springframework.boot.autoconfigure.condition.ConditionalOnWebApplication;
import org.springframework.boot.context.properties.source.InvalidConfigurationPropertyValueException;
import org.springframework.boot.web.servlet.FilterRegistrationBean;
import org.springframework.context.annotation.Bean;
import org.springframework.core.Ordered;
import org.springframework.util.StringUtils;

/**
 * Auto-configuration of {@link MeshFilter} for a servlet web application, where {@code
 * mesh-servlet} is on the class path. A {@link MeshFilterOptions} bean of the application says what
 * {@code mesh.servlet.*} would; a registration of its own of {@link MeshFilter} takes this one's
 * place.
 */
@AutoConfiguration(after = MeshAutoConfiguration.class)
@ConditionalOnWebApplication(type = ConditionalOnWebApplication.Type.SERVLET)
@ConditionalOnClass({MeshFilter.class, Filter.class})
@ConditionalOnSingleCandidate(Mesh.class)
@ConditionalOnBooleanProperty(name = "mesh.servlet.enabled", matchIfMissing = true)
public final class MeshServletAutoConfiguration {

  /** Right inside Spring's observation filter, so that its span exists, and before security. */
  static final int ORDER = Ordered.HIGHEST_PRECEDENCE + 2;

  @Bean
  @ConditionalOnMissingFilterBean
  FilterRegistrationBean<MeshFilter> meshFilter(
      Mesh mesh, MeshProperties properties, ObjectProvider<MeshFilterOptions> options) {
    FilterRegistrationBean<MeshFilter> registration =
        new FilterRegistrationBean<>(
            new MeshFilter(mesh, options.getIfAvailable(() -> options(properties.servlet()))));
    registration.setOrder(ORDER);
    registration.setDispatcherTypes(
        EnumSet.of(DispatcherType.REQUEST, DispatcherType.ASYNC, DispatcherType.ERROR));
    registration.setAsyncSupported(true);
    return registration;
  }

  private static MeshFilterOptions options(MeshProperties.Servlet servlet) {
    MeshFilterOptions.Builder builder = MeshFilterOptions.builder().edge(servlet.edge());
    List<String> peers = servlet.allowedPeers();
    if (peers == null) {
      return builder.build();
    }
    if (peers.isEmpty() || !peers.stream().allMatch(StringUtils::hasText)) {
      throw new InvalidConfigurationPropertyValueException(
          "mesh.servlet.allowed-peers",
          peers,
          "It must name peers, such as spiffe://apps.local/serviceA; leave it out to let every peer"
              + " in.");
    }
    return builder.allowPeers(peers.toArray(String[]::new)).build();
  }
}
