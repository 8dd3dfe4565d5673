package dev.proxyless.mesh.spring;

import java.time.Duration;
import okhttp3.OkHttpClient;
import org.jspecify.annotations.Nullable;

/**
 * The client that those with a mesh are derived of: the application's, or one of our own.
 *
 * @param client what {@code newBuilder} is called on
 * @param own whether it is ours, and ours to close
 */
record MeshBaseClient(OkHttpClient client, boolean own) implements AutoCloseable {

  static MeshBaseClient of(@Nullable OkHttpClient users) {
    return users == null
        ? new MeshBaseClient(
            // The route's time-out bounds a call; OkHttp's own 10 s would cut a longer one short.
            new OkHttpClient.Builder()
                .readTimeout(Duration.ZERO)
                .writeTimeout(Duration.ZERO)
                .build(),
            true)
        : new MeshBaseClient(users, false);
  }

  /** Closes the idle connections of calls that the mesh passed through. */
  @Override
  public void close() {
    if (own) {
      client.connectionPool().evictAll();
    }
  }
}
