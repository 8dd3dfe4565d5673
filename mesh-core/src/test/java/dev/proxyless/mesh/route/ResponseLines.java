package dev.proxyless.mesh.route;

import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The headers of a response, some of which have several lines. */
record ResponseLines(Map<String, List<String>> lines) implements ResponseHeaders {

  @Override
  public @Nullable String apply(@Nullable String name) {
    return name == null ? null : all(name).stream().findFirst().orElse(null);
  }

  @Override
  public List<String> all(String name) {
    return lines.getOrDefault(name, List.of());
  }
}
