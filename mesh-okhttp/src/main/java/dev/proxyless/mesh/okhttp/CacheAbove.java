package dev.proxyless.mesh.okhttp;

import java.io.IOException;
import java.util.Iterator;
import java.util.Set;
import okhttp3.Cache;
import okhttp3.Call;
import okhttp3.EventListener;
import okhttp3.Interceptor;
import okhttp3.OkHttpClient;
import okhttp3.Request;
import okhttp3.Response;
import org.jspecify.annotations.Nullable;

/**
 * The application's cache, above the mesh, as it stands above a sidecar: what it can answer by
 * itself is no call of the mesh. Tries store and validate under the caller's URL.
 */
final class CacheAbove {

  /** After these a stored response no longer holds; OkHttp's own list. */
  private static final Set<String> INVALIDATING = Set.of("POST", "PATCH", "PUT", "DELETE", "MOVE");

  /** Statuses that OkHttp may store. */
  private static final Set<Integer> STORABLE =
      Set.of(200, 203, 204, 300, 301, 302, 307, 308, 404, 405, 410, 414, 501);

  private final OkHttpClient cacheAlone;

  CacheAbove(InnerClients clients) {
    cacheAlone = clients.cacheAlone();
  }

  /** What the cache answers by itself, or null. */
  @Nullable Response answer(Interceptor.Chain chain, Request request) throws IOException {
    Cache cache = chain.getCache();
    if (cache == null || !request.method().equals("GET")) {
      return null;
    }
    boolean askedForCache = request.cacheControl().onlyIfCached();
    OkHttpClient client =
        cache == cacheAlone.cache() ? cacheAlone : cacheAlone.newBuilder().cache(cache).build();
    Call probe =
        client.newCall(request.newBuilder().addHeader("Cache-Control", "only-if-cached").build());
    Response response = probe.execute();
    if (response.cacheResponse() == null && !askedForCache) {
      response.close();
      return null;
    }
    EventListener events = chain.getEventListener();
    if (response.cacheResponse() == null) {
      events.satisfactionFailure(chain.call(), response);
    } else {
      events.cacheHit(chain.call(), response);
    }
    return response.newBuilder().request(request).build();
  }

  /** Forgets the caller's URL after a request that changed it; OkHttp forgot the one it saw. */
  static void forget(Interceptor.Chain chain, Request request, Response response)
      throws IOException {
    Cache cache = chain.getCache();
    Response sent = response.networkResponse();
    if (cache == null
        || sent == null
        || !INVALIDATING.contains(request.method())
        || sent.request().url().equals(request.url())) {
      return;
    }
    remove(cache, request);
  }

  /**
   * Forgets a response that is discarded for a retry. Closing it may have read it to its end, and
   * so stored it; most statuses that are retried are never stored.
   */
  static void forgetDiscarded(Interceptor.Chain chain, Request request, Response response)
      throws IOException {
    Cache cache = chain.getCache();
    if (cache != null && request.method().equals("GET") && STORABLE.contains(response.code())) {
      remove(cache, request);
    }
  }

  private static void remove(Cache cache, Request request) throws IOException {
    String url = request.url().toString();
    for (Iterator<String> urls = cache.urls(); urls.hasNext(); ) {
      if (urls.next().equals(url)) {
        urls.remove();
      }
    }
  }
}
