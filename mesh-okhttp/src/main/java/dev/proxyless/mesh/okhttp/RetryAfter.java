package dev.proxyless.mesh.okhttp;

import java.io.IOException;
import okhttp3.Interceptor;
import okhttp3.Response;

/**
 * Hides {@code Retry-After} of a 503 from OkHttp, which sends a request again by itself where that
 * is 0, whatever it was told about retries.
 */
enum RetryAfter implements Interceptor {
  HIDE;

  private static final String SHOWN = "Retry-After";
  private static final String HIDDEN = "Mesh-Hidden-Retry-After";

  @Override
  public Response intercept(Chain chain) throws IOException {
    Response response = chain.proceed(chain.request());
    String value = response.code() == 503 ? response.header(SHOWN) : null;
    return value == null
        ? response
        : response.newBuilder().removeHeader(SHOWN).header(HIDDEN, value).build();
  }

  /** Shows the header again, above OkHttp's own retries. */
  static void restore(Response response, Response.Builder builder) {
    String value = response.header(HIDDEN);
    if (value != null) {
      builder.removeHeader(HIDDEN).header(SHOWN, value);
    }
  }
}
