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
  private final HostIndex<Host> hosts = new HostIndex<>();
  private final List<RouteEntry> all = new ArrayList<>();

  private record Host(VirtualHost virtualHost, List<RouteEntry> routes) {}

  private RouteTable(RouteConfiguration configuration, MeshMeters meters) {
    this.configuration = configuration;
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
      Host host = new Host(virtualHost, List.copyOf(entries));
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
    Host host = host(head.authority());
    if (host == null) {
      return null;
    }
    RequestView view = new RequestView(head, info);
    for (int i = 0; i < host.routes.size(); i++) {
      RouteEntry route = host.routes.get(i);
      if (route.conditions().test(view)) {
        return route;
      }
    }
    return null;
  }

  /** The virtual host that an authority belongs to. */
  public Optional<VirtualHost> virtualHost(String authority) {
    return Optional.ofNullable(host(authority)).map(Host::virtualHost);
  }

  /** Whether any virtual host takes requests to this authority. */
  public boolean hasHost(String authority) {
    return host(authority) != null;
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
    Host host = host(head.authority());
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
            + host.virtualHost.name()
            + " takes \""
            + head.authority()
            + "\" by its domains "
            + host.virtualHost.domains());
    RequestView view = new RequestView(head, info);
    for (int i = 0; i < host.routes.size(); i++) {
      String label = "route " + i + " \"" + host.routes.get(i).name() + "\" ";
      Optional<String> failure = host.routes.get(i).conditions().firstFailure(view);
      if (failure.isEmpty()) {
        steps.add(label + "takes it");
        return steps;
      }
      steps.add(label + "does not: it wants that " + failure.get());
    }
    steps.add("no route of the virtual host takes it");
    return steps;
  }

  private @Nullable Host host(String authority) {
    return hosts.find(
        configuration.ignorePortInHostMatching() ? Hosts.withoutPort(authority) : authority);
  }
}
