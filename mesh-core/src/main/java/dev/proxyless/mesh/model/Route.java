package dev.proxyless.mesh.model;

import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * {@code envoy.config.route.v3.Route}.
 *
 * @param name its name; may be empty
 * @param match which requests it takes
 * @param action what becomes of them
 * @param requestHeaders what changes in requests
 * @param responseHeaders what changes in responses
 * @param decorator how calls are named in traces
 * @param requestBodyBufferLimit bytes of a body that are kept for retries and mirrors
 * @param typedPerFilterConfig settings by the filter's name
 * @param metadata of the route
 */
public record Route(
    String name,
    RouteMatch match,
    RouteAction action,
    HeaderMutations requestHeaders,
    HeaderMutations responseHeaders,
    Optional<Decorator> decorator,
    OptionalLong requestBodyBufferLimit,
    Map<String, FilterConfig> typedPerFilterConfig,
    Metadata metadata) {

  /** A route that changes no header. */
  public static Route of(String name, RouteMatch match, RouteAction action) {
    return new Route(
        name,
        match,
        action,
        HeaderMutations.NONE,
        HeaderMutations.NONE,
        Optional.empty(),
        OptionalLong.empty(),
        Map.of(),
        Metadata.EMPTY);
  }
}
