package dev.proxyless.mesh.route;

import java.util.HashMap;
import java.util.Map;

/** The header names of one table, each as one object. Used by one thread, while compiling. */
final class HeaderNames {

  private final Map<String, HeaderName> names = new HashMap<>();

  HeaderName get(String name) {
    return names.computeIfAbsent(Ascii.lower(name), HeaderName::of);
  }
}
