package dev.proxyless.mesh.spring;

import org.jspecify.annotations.Nullable;
import org.springframework.boot.http.client.HttpClientSettings;
import org.springframework.boot.http.client.autoconfigure.HttpClientSettingsPropertyMapper;
import org.springframework.boot.http.client.autoconfigure.service.HttpServiceClientProperties;
import org.springframework.boot.ssl.SslBundles;
import org.springframework.core.Ordered;
import org.springframework.web.client.RestClient;
import org.springframework.web.client.support.RestClientHttpServiceGroupConfigurer;

/**
 * Sends HTTP service groups through the mesh where other clients do not go through it. Runs right
 * after Boot's own configurer, which chose another request factory, and with the same settings.
 */
final class MeshHttpServiceGroupConfigurer implements RestClientHttpServiceGroupConfigurer {

  /** Boot's own stands at {@code HIGHEST_PRECEDENCE + 10}; those of applications come later. */
  private static final int ORDER = Ordered.HIGHEST_PRECEDENCE + 20;

  private final MeshClientHttpRequestFactoryBuilder factories;
  private final @Nullable HttpServiceClientProperties properties;
  private final HttpClientSettingsPropertyMapper mapper;

  MeshHttpServiceGroupConfigurer(
      MeshClientHttpRequestFactoryBuilder factories,
      @Nullable HttpServiceClientProperties properties,
      @Nullable SslBundles bundles,
      @Nullable HttpClientSettings settings) {
    this.factories = factories;
    this.properties = properties;
    mapper = new HttpClientSettingsPropertyMapper(bundles, settings);
  }

  @Override
  public int getOrder() {
    return ORDER;
  }

  @Override
  public void configureGroups(Groups<RestClient.Builder> groups) {
    groups.forEachClient(
        (group, builder) ->
            builder.requestFactory(
                factories.build(
                    mapper.map(properties == null ? null : properties.get(group.name())))));
  }
}
