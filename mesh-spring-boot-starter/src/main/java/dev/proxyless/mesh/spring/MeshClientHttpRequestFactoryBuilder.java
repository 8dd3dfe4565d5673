package dev.proxyless.mesh.spring;

import dev.proxyless.mesh.Mesh;
import dev.proxyless.mesh.okhttp.MeshOkHttp;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import okhttp3.OkHttpClient;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.http.client.ClientHttpRequestFactoryBuilder;
import org.springframework.boot.http.client.HttpClientSettings;

/**
 * Builds request factories whose requests go through a mesh. Those of equal settings share one
 * client and with it their connections. Immutable and safe for use by several threads.
 *
 * <p>Of the settings, a read time-out, redirects and cookie handling hold for all requests. A
 * connect time-out, an SSL bundle and an address filter hold for requests that the mesh passes
 * through; to endpoints of the mesh, the cluster's own connect time-out and TLS context apply. What
 * the settings do not say stays as the application's {@link OkHttpClient} has it; a client of our
 * own reads for as long as the route's time-out allows.
 */
public final class MeshClientHttpRequestFactoryBuilder
    implements ClientHttpRequestFactoryBuilder<OkHttpClientHttpRequestFactory> {

  private final Mesh mesh;
  private final OkHttpClient base;
  private final MeshOkHttp.Options options;
  private final Consumer<OkHttpClient.Builder> customizer;
  private final Map<HttpClientSettings, OkHttpClient> clients = new ConcurrentHashMap<>();

  MeshClientHttpRequestFactoryBuilder(
      Mesh mesh,
      OkHttpClient base,
      MeshOkHttp.Options options,
      Consumer<OkHttpClient.Builder> customizer) {
    this.mesh = mesh;
    this.base = base;
    this.options = options;
    this.customizer = customizer;
  }

  /**
   * A builder that changes each client more, after the settings and before the mesh is installed.
   */
  public MeshClientHttpRequestFactoryBuilder withClientCustomizer(
      Consumer<OkHttpClient.Builder> more) {
    return new MeshClientHttpRequestFactoryBuilder(mesh, base, options, customizer.andThen(more));
  }

  /**
   * A factory of these settings.
   *
   * @throws IllegalArgumentException if a setting asks for what OkHttp cannot do
   */
  @Override
  public OkHttpClientHttpRequestFactory build(@Nullable HttpClientSettings settings) {
    return new OkHttpClientHttpRequestFactory(
        clients.computeIfAbsent(
            settings == null ? HttpClientSettings.defaults() : settings, this::client));
  }

  private OkHttpClient client(HttpClientSettings settings) {
    OkHttpClient.Builder builder = base.newBuilder();
    ClientSettings.apply(settings, builder, base);
    customizer.accept(builder);
    return MeshOkHttp.install(mesh, builder, options).build();
  }
}
