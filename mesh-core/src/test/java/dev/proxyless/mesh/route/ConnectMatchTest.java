package dev.proxyless.mesh.route;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.proxyless.mesh.model.Route;
import dev.proxyless.mesh.model.RouteAction;
import dev.proxyless.mesh.model.RouteAction.ClusterSpecifier;
import dev.proxyless.mesh.model.RouteConfiguration;
import dev.proxyless.mesh.model.RouteMatch;
import dev.proxyless.mesh.model.RouteMatch.PathMatch;
import dev.proxyless.mesh.model.VirtualHost;
import dev.proxyless.mesh.telemetry.MeshMeters;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** {@code connect_matcher} and requests without a path: envoy-semantics 1.3. */
class ConnectMatchTest {

  @ParameterizedTest
  @CsvSource({
    "CONNECT, '',      -,           connect",
    "CONNECT, /first,  -,           first",
    "CONNECT, /x,      -,           connect",
    "GET,     '',      -,           none",
    "GET,     /x,      -,           any",
    "GET,     /x,      connect-udp, connect",
    "GET,     /x,      Connect-UDP, connect",
    "GET,     /x,      websocket,   any"
  })
  void aRequestWithoutPathPassesNothingElse(
      String method, String path, String upgrade, String expected) {
    List<Route> routes =
        List.of(
            route("first", new PathMatch.Exact("/first")),
            route("regex", new PathMatch.SafeRegex("")),
            route("connect", new PathMatch.Connect()),
            route("any", new PathMatch.Prefix("")));
    VirtualHost host = VirtualHost.of("v", List.of("*"), routes);
    RouteTable table =
        RouteTable.compile(RouteConfiguration.of("t", List.of(host)), MeshMeters.NONE);
    RouteEntry found = table.find(new Head(method, path, upgrade.equals("-") ? null : upgrade), 0);
    assertEquals(expected, found == null ? "none" : found.name());
  }

  private static Route route(String name, PathMatch path) {
    RouteAction action = RouteAction.Forward.to(new ClusterSpecifier.Named("c"));
    return Route.of(name, RouteMatch.of(path, true), action);
  }

  private record Head(String method, String path, @Nullable String upgrade) implements RequestHead {
    @Override
    public String scheme() {
      return "http";
    }

    @Override
    public String authority() {
      return "h:80";
    }

    @Override
    public int port() {
      return 80;
    }

    @Override
    public int headerCount() {
      return upgrade == null ? 0 : 1;
    }

    @Override
    public String headerName(int index) {
      return "Upgrade";
    }

    @Override
    public String headerValue(int index) {
      return String.valueOf(upgrade);
    }
  }
}
