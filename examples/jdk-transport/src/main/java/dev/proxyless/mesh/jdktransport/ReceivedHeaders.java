package dev.proxyless.mesh.jdktransport;

import dev.proxyless.mesh.route.ResponseHeaders;
import java.net.http.HttpHeaders;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The headers of a response that came, as the mesh asks for them. */
record ReceivedHeaders(HttpHeaders headers) implements ResponseHeaders {

  @Override
  public @Nullable String apply(@Nullable String name) {
    return name == null ? null : headers.firstValue(name).orElse(null);
  }

  @Override
  public List<String> all(String name) {
    return headers.allValues(name);
  }
}
