package dev.proxyless.mesh.controlplane.differential;

import java.util.EnumSet;
import java.util.Set;

/** What a table may use. Each table uses some: what hides behind another shows without it. */
enum Feature {
  HOSTS,
  REGEX,
  HEADERS,
  QUERY,
  COOKIES,
  OTHER_CONDITIONS,
  MATCHER_TREE,
  REQUIRE_TLS,
  CLUSTER_HEADER,
  WEIGHTS,
  REQUEST_MUTATION,
  RESPONSE_MUTATION,
  FORMATS,
  HOST_REWRITE,
  PATH_REWRITE,
  REDIRECT,
  DIRECT_RESPONSE,
  TIMEOUTS,
  RETRIES,
  ENVOY_HEADERS,
  PATH_OPTIONS,
  HOST_OPTIONS,
  TRUST,
  ROUTER_OPTIONS;

  /** Some of them, or those that are named: {@code HEADERS,REDIRECT}. */
  static Set<Feature> draw(Draw draw, String only) {
    Set<Feature> drawn = EnumSet.noneOf(Feature.class);
    for (String name : only.split(",")) {
      if (!name.isBlank()) {
        drawn.add(valueOf(name.strip()));
      }
    }
    if (only.isBlank()) {
      int percent = draw.of(20, 40, 70);
      for (Feature each : values()) {
        if (draw.chance(percent)) {
          drawn.add(each);
        }
      }
    }
    return drawn;
  }
}
