package dev.proxyless.mesh.route;

import dev.proxyless.mesh.model.FilterConfig;
import dev.proxyless.mesh.model.HttpFault;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The fault filters of a route and of the levels above it, by their settings: equal settings count
 * their active faults together. Immutable but for these counts.
 */
final class RouteFaults {

  private final Map<HttpFault, FaultFilter> filters;

  private RouteFaults(Map<HttpFault, FaultFilter> filters) {
    this.filters = filters;
  }

  static RouteFaults compile(Levels levels, List<RouteTarget> targets, String at) {
    Map<HttpFault, FaultFilter> compiled = new HashMap<>();
    Stream.concat(
            levels.filters().values().stream(),
            targets.stream().flatMap(each -> each.filters.values().stream()))
        .flatMap(config -> config.fault().stream())
        .forEach(
            fault ->
                compiled.computeIfAbsent(
                    fault, each -> FaultFilter.compile(each, at + ".typed_per_filter_config")));
    return new RouteFaults(Map.copyOf(compiled));
  }

  /** The filter as these settings make it; null where they switch it off. */
  @Nullable FaultFilter of(FilterConfig own, FaultFilter ofListener) {
    return own.disabled() ? null : own.fault().map(filters::get).orElse(ofListener);
  }
}
