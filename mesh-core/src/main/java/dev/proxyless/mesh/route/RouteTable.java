package dev.proxyless.mesh.route;

import dev.proxyless.mesh.model.Route;
import dev.proxyless.mesh.model.RouteConfiguration;
import dev.proxyless.mesh.model.VirtualHost;
import dev.proxyless.mesh.telemetry.MeshMeters;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.BiFunction;
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
  private final @Nullable HeaderName hostHeader;
  private final HostIndex<VirtualHostEntry> hosts;
  private final List<RouteEntry> all = new ArrayList<>();

  private RouteTable(RouteConfiguration configuration, MeshMeters meters) {
    this.configuration = configuration;
    hostHeader = configuration.vhostHeader().map(HeaderName::of).orElse(null);
    HostIndex.Builder<VirtualHostEntry> index = new HostIndex.Builder<>();
    Levels levels = Levels.of(configuration);
    for (int i = 0; i < configuration.virtualHosts().size(); i++) {
      VirtualHost virtualHost = configuration.virtualHosts().get(i);
      String at = "virtual_hosts[" + i + "]";
      Optional<RetryRules> retryRules =
          virtualHost.retryPolicy().map(policy -> RetryRules.compile(policy, at + ".retry_policy"));
      Levels hostLevels = levels.with(virtualHost, at);
      BiFunction<List<Route>, String, RouteFinder> compiler =
          (routes, routesAt) -> {
            List<RouteEntry> entries = new ArrayList<>(routes.size());
            for (Route route : routes) {
              String routeAt = routesAt + "[" + entries.size() + "]";
              entries.add(
                  RouteEntry.compile(virtualHost, route, hostLevels, retryRules, routeAt, meters));
            }
            all.addAll(entries);
            return new RouteIndex(entries);
          };
      RouteFinder finder =
          virtualHost.matcher().isPresent()
              ? MatchTree.compile(virtualHost.matcher().get(), at + ".matcher", compiler)
              : compiler.apply(virtualHost.routes(), at + ".routes");
      VirtualHostEntry host =
          VirtualHostEntry.compile(virtualHost, hostLevels.virtualClusters(), finder);
      for (int j = 0; j < virtualHost.domains().size(); j++) {
        String domain = virtualHost.domains().get(j);
        if (!index.add(domain, host)) {
          throw new InvalidRouteException(
              at + ".domains[" + j + "]",
              "\"" + domain + "\" stands twice; a domain belongs to one virtual host");
        }
      }
    }
    hosts = index.build();
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
    String name = hostName(head, info);
    if (host == null) {
      steps.add(noHost(name));
      return steps;
    }
    steps.add("virtual host " + host.virtualHost().name() + " takes " + why(host, name));
    RequestView view = view(head, info);
    Optional<String> early = host.beforeRoutes(view);
    if (early.isPresent()) {
      steps.add(early.get());
    } else {
      host.finder().explain(view, steps);
    }
    return steps;
  }

  private String noHost(@Nullable String name) {
    if (name == null) {
      return "the request has no " + hostHeader + ", by which virtual hosts are looked up here";
    }
    String nearest = nearestDomain(name);
    return "no virtual host of "
        + configuration.name()
        + " has a domain for \""
        + name
        + "\""
        + (nearest.isEmpty() ? "" : "; the nearest is \"" + nearest + "\"");
  }

  private String why(VirtualHostEntry host, @Nullable String name) {
    if (name == null || hosts.takesAnyHost()) {
      return "any host: there is no other domain than *";
    }
    String looked = withoutPort(name);
    return "\""
        + name
        + "\""
        + (hostHeader == null ? "" : " of header " + hostHeader)
        + (looked.equals(name) ? "" : ", without its port,")
        + " by its domain "
        + HostIndex.domainOf(looked, host.virtualHost().domains());
  }

  private @Nullable VirtualHostEntry host(RequestHead head, StreamInfo info) {
    String name = hostName(head, info);
    return name == null && !hosts.takesAnyHost() ? null : host(name == null ? "" : name);
  }

  /** What a virtual host is looked up by; null where a request lacks it. */
  private @Nullable String hostName(RequestHead head, StreamInfo info) {
    return hostHeader == null ? head.authority() : hostHeader.first(head, info);
  }

  private @Nullable VirtualHostEntry host(String name) {
    return hosts.find(withoutPort(name));
  }

  private String withoutPort(String name) {
    return configuration.ignorePortInHostMatching() ? Hosts.withoutPort(name) : name;
  }
}
