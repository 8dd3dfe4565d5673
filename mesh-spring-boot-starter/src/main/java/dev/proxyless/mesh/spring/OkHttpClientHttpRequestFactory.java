package dev.proxyless.mesh.spring;

import java.net.URI;
import okhttp3.Call;
import okhttp3.HttpUrl;
import org.springframework.http.HttpMethod;
import org.springframework.http.client.ClientHttpRequest;
import org.springframework.http.client.ClientHttpRequestFactory;

/**
 * Makes the requests of {@code RestClient} and {@code RestTemplate} with OkHttp. Bodies of requests
 * and responses are streamed, not buffered. Safe for use by several threads.
 *
 * <pre>{@code
 * OkHttpClient client = MeshOkHttp.install(mesh, new OkHttpClient.Builder()).build();
 * RestClient rest =
 *     RestClient.builder().requestFactory(new OkHttpClientHttpRequestFactory(client)).build();
 * }</pre>
 */
public final class OkHttpClientHttpRequestFactory implements ClientHttpRequestFactory {

  private final Call.Factory calls;

  /**
   * Makes requests with these calls.
   *
   * @param calls usually an {@link okhttp3.OkHttpClient}
   */
  public OkHttpClientHttpRequestFactory(Call.Factory calls) {
    this.calls = calls;
  }

  /**
   * Begins a request.
   *
   * @throws IllegalArgumentException if the URL is none that OkHttp can ask: it must be absolute,
   *     {@code http} or {@code https}, with a host
   */
  @Override
  public ClientHttpRequest createRequest(URI uri, HttpMethod method) {
    return new OkHttpClientHttpRequest(calls, uri, HttpUrl.get(uri.toString()), method);
  }
}
