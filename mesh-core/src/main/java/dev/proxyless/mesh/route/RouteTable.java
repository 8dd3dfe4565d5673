package dev.proxyless.mesh.route;

import dev.proxyless.mesh.model.Route;
import dev.proxyless.mesh.model.RouteConfiguration;
import dev.proxyless.mesh.model.VirtualHost;
import dev.proxyless.mesh.telemetry.MeshMeters;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A route configuration, compiled for matching. A request's host finds one virtual host; the first
 * of its routes whose conditions all hold takes the request; there is no way back to another
 * virtual host.
 *
 * <p>Immutable, and pure: the same request and random number give the same answer.
 */
public final class RouteTable {

  private final RouteConfiguration configuration;
  private final Optional<HeaderName> hostHeader;
  private final HostIndex<VirtualHostEntry> hosts = new HostIndex<>();
  private final List<RouteEntry> all = new ArrayList<>();

  private RouteTable(RouteConfiguration configuration, MeshMeters meters) {
    this.configuration = configuration;
    HeaderNames names = new HeaderNames();
    hostHeader = configuration.vhostHeader().map(names::get);
    Levels levels = Levels.of(configuration);
    for (int i = 0; i < configuration.virtualHosts().size(); i++) {
      VirtualHost virtualHost = configuration.virtualHosts().get(i);
      String at = "virtual_hosts[" + i + "]";
      Optional<RetryRules> retryRules =
          virtualHost.retryPolicy().map(policy -> RetryRules.compile(policy, at + ".retry_policy"));
      Levels hostLevels = levels.with(virtualHost, at);
      List<RouteEntry> entries = new ArrayList<>();
      for (Route route : virtualHost.routes()) {
        String routeAt = at + ".routes[" + entries.size() + "]";
        entries.add(
            RouteEntry.compile(virtualHost, route, hostLevels, retryRules, routeAt, meters));
      }
      all.addAll(entries);
      VirtualHostEntry host =
          VirtualHostEntry.compile(virtualHost, at, names, new RouteList(entries));
      for (int j = 0; j < virtualHost.domains().size(); j++) {
        String domain = virtualHost.domains().get(j);
        if (!hosts.add(domain, host)) {
          throw new InvalidRouteException(
              at + ".domains[" + j + "]",
              "\"" + domain + "\" stands twice; a domain belongs to one virtual host");
        }
      }
    }
  }

  /**
   * Compiles a configuration; its routes' meters are made from {@code meters}.
   *
   * @throws InvalidRouteException if a regular expression or a domain cannot be used
   */
  public static RouteTable compile(RouteConfiguration configuration, MeshMeters meters) {
    return new RouteTable(configuration, meters);
  }

  /** Why a regular expression cannot be used; empty if it can. */
  public static Optional<String> expressionRefusal(String expression) {
    try {
      Regex.compile(expression, "");
      return Optional.empty();
    } catch (InvalidRouteException refused) {
      return Optional.of(refused.reason());
    }
  }

  /** The route that takes a request of a trusted caller, or null. */
  public @Nullable RouteEntry find(RequestHead head, long random) {
    return find(head, StreamInfo.of(random));
  }

  /** The route that takes a request, or null. */
  public @Nullable RouteEntry find(RequestHead head, StreamInfo info) {
    VirtualHostEntry host = host(head, info);
    return host == null ? null : host.find(view(head, info));
  }

  private RequestView view(RequestHead head, StreamInfo info) {
    return new RequestView(head, info, configuration.ignorePathParametersInPathMatching());
  }

  /** The virtual host that a request belongs to. */
  public Optional<VirtualHost> virtualHost(RequestHead head, StreamInfo info) {
    return Optional.ofNullable(host(head, info)).map(VirtualHostEntry::virtualHost);
  }

  /** The virtual host that an authority belongs to. */
  public Optional<VirtualHost> virtualHost(String authority) {
    return Optional.ofNullable(host(authority)).map(VirtualHostEntry::virtualHost);
  }

  /** Whether any virtual host takes requests to this authority. */
  public boolean hasHost(String authority) {
    return host(authority) != null;
  }

  /**
   * The virtual cluster of a request: the first of its virtual host that takes it, {@code other}
   * where none does, and empty where there are none. Envoy has none either where the request gets a
   * redirect or a direct response.
   */
  public String virtualCluster(RequestHead head, StreamInfo info) {
    VirtualHostEntry host = host(head, info);
    return host == null ? "" : host.virtualCluster(view(head, info));
  }

  /** The domain that is most like an authority, or {@code ""}; for messages. */
  public String nearestDomain(String authority) {
    return Nearest.of(Ascii.lower(authority), hosts.domains());
  }

  /** The configuration that this table was compiled from. */
  public RouteConfiguration configuration() {
    return configuration;
  }

  /** Every route of every virtual host. */
  public List<RouteEntry> routes() {
    return List.copyOf(all);
  }

  /** How a request is matched, step by step, for people. */
  public List<String> explain(RequestHead head, StreamInfo info) {
    List<String> steps = new ArrayList<>();
    VirtualHostEntry host = host(head, info);
    if (host == null) {
      String nearest = nearestDomain(head.authority());
      steps.add(
          "no virtual host of "
              + configuration.name()
              + " has a domain for \""
              + head.authority()
              + "\""
              + (nearest.isEmpty() ? "" : "; the nearest is \"" + nearest + "\""));
      return steps;
    }
    steps.add(
        "virtual host "
            + host.virtualHost().name()
            + " takes \""
            + head.authority()
            + "\" by its domains "
            + host.virtualHost().domains());
    RequestView view = view(head, info);
    Optional<String> early = host.beforeRoutes(view);
    if (early.isPresent()) {
      steps.add(early.get());
    } else {
      host.finder().explain(view, steps);
    }
    return steps;
  }

  private @Nullable VirtualHostEntry host(RequestHead head, StreamInfo info) {
    if (hostHeader.isEmpty()) {
      return host(head.authority());
    }
    String host = hostHeader.get().first(head, info);
    return host == null ? hosts.withoutHost() : host(host);
  }

  private @Nullable VirtualHostEntry host(String authority) {
    return hosts.find(
        configuration.ignorePortInHostMatching() ? Hosts.withoutPort(authority) : authority);
  }
}
