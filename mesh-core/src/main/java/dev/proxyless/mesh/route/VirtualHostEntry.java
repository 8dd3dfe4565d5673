package dev.proxyless.mesh.route;

import dev.proxyless.mesh.model.Route;
import dev.proxyless.mesh.model.RouteAction;
import dev.proxyless.mesh.model.RouteMatch;
import dev.proxyless.mesh.model.RouteMatch.PathMatch;
import dev.proxyless.mesh.model.VirtualHost;
import dev.proxyless.mesh.model.VirtualHost.RequireTls;
import dev.proxyless.mesh.telemetry.MeshMeters;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import org.jspecify.annotations.Nullable;

/** A virtual host, compiled. Immutable. */
final class VirtualHostEntry {

  private static final HeaderName FORWARDED_PROTO = HeaderName.of("x-forwarded-proto");

  private final VirtualHost virtualHost;
  private final RouteFinder finder;
  private final VirtualClusters virtualClusters;

  private VirtualHostEntry(
      VirtualHost virtualHost, VirtualClusters virtualClusters, RouteFinder finder) {
    this.virtualHost = virtualHost;
    this.virtualClusters = virtualClusters;
    this.finder = finder;
  }

  static VirtualHostEntry compile(
      VirtualHost virtualHost, VirtualClusters virtualClusters, RouteFinder finder) {
    return new VirtualHostEntry(virtualHost, virtualClusters, finder);
  }

  VirtualHost virtualHost() {
    return virtualHost;
  }

  RouteFinder finder() {
    return finder;
  }

  /** The route that takes a request, or null. */
  @Nullable RouteEntry find(RequestView request) {
    String scheme = FORWARDED_PROTO.first(request.head, request.info);
    if (scheme == null || scheme.isEmpty()) {
      return null;
    }
    return mustUseTls(scheme, request.info) ? tlsRedirect(request.head) : finder.find(request);
  }

  private boolean mustUseTls(String scheme, StreamInfo info) {
    RequireTls required = virtualHost.requireTls();
    return required != RequireTls.NONE
        && !scheme.equals("https")
        && (required == RequireTls.ALL || !info.internal());
  }

  /**
   * The redirect of a request that should have come by TLS: the same host, with its port, and path.
   * Neither the virtual host nor the configuration changes its headers. Source: Envoy's {@code
   * SslRedirectRoute}.
   */
  private RouteEntry tlsRedirect(RequestHead head) {
    RouteAction.Redirect redirect =
        new RouteAction.Redirect(
            Optional.of("https"),
            Optional.of(head.authority()),
            OptionalInt.empty(),
            Optional.empty(),
            new RouteAction.PathRewrite.None(),
            301,
            false);
    Route route = Route.of("", RouteMatch.of(new PathMatch.Prefix(""), true), redirect);
    VirtualHost plain = VirtualHost.of(virtualHost.name(), virtualHost.domains(), List.of());
    return RouteEntry.compile(
        plain, route, Levels.UNCHANGED, Optional.empty(), "", MeshMeters.NONE);
  }

  /**
   * Why a request gets a redirect or nothing before any route is tried; empty where it does not.
   */
  Optional<String> beforeRoutes(RequestView request) {
    String scheme = FORWARDED_PROTO.first(request.head, request.info);
    if (scheme == null || scheme.isEmpty()) {
      return Optional.of("the request has no x-forwarded-proto, so that no route takes it");
    }
    return mustUseTls(scheme, request.info)
        ? Optional.of(
            "require_tls "
                + virtualHost.requireTls()
                + " redirects to https, since x-forwarded-proto is \""
                + scheme
                + "\"")
        : Optional.empty();
  }

  /**
   * The first virtual cluster that takes a request, {@code other} where none does, and empty where
   * the virtual host has none.
   */
  String virtualCluster(RequestView request) {
    return virtualClusters.name(request);
  }
}
