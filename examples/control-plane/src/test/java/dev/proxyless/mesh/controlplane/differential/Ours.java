package dev.proxyless.mesh.controlplane.differential;

import dev.proxyless.mesh.admin.Explanation;
import dev.proxyless.mesh.call.Header;
import dev.proxyless.mesh.call.MeshView;
import dev.proxyless.mesh.document.Documents;
import dev.proxyless.mesh.document.Json;
import dev.proxyless.mesh.model.Cluster;
import dev.proxyless.mesh.model.Configuration;
import dev.proxyless.mesh.model.HttpFault;
import dev.proxyless.mesh.model.Listener;
import dev.proxyless.mesh.model.RouteConfiguration;
import dev.proxyless.mesh.model.TlsContext;
import dev.proxyless.mesh.proto.InvalidMessageException;
import dev.proxyless.mesh.route.InvalidRouteException;
import dev.proxyless.mesh.route.RouteTable;
import dev.proxyless.mesh.snapshot.OfflineSnapshot;
import dev.proxyless.mesh.telemetry.MeshMeters;
import dev.proxyless.mesh.xds.Checks;
import dev.proxyless.mesh.xds.Decoder;
import dev.proxyless.mesh.xds.ResourceType;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** This library's answers by one table. */
final class Ours {

  private static final Checks CHECKS =
      new Checks() {
        @Override
        public Optional<String> fileRefusal(String path) {
          return Optional.empty();
        }

        @Override
        public void fault(HttpFault fault, String path) {}

        @Override
        public void routes(RouteConfiguration configuration) {
          try {
            RouteTable.compile(configuration, MeshMeters.NONE);
          } catch (InvalidRouteException invalid) {
            throw new InvalidMessageException(invalid.path(), invalid.reason());
          }
        }

        @Override
        public Optional<String> tlsRefusal(TlsContext context) {
          return Optional.empty();
        }
      };

  private final MeshView view;

  /**
   * Reads a table as the library reads any configuration.
   *
   * @throws InvalidMessageException if the library refuses it
   */
  Ours(Table table, Map<String, Integer> clusters) {
    Decoder decoder = new Decoder(CHECKS);
    Listener listener =
        (Listener)
            decode(
                decoder, ResourceType.LISTENER, table.listener("t", WireRequest.PORT, List.of()));
    Map<String, Cluster> decoded = new HashMap<>();
    clusters.forEach(
        (name, port) ->
            decoded.put(
                name,
                (Cluster) decode(decoder, ResourceType.CLUSTER, EnvoyTables.cluster(name, port))));
    view =
        OfflineSnapshot.of(
            new Configuration(Map.of("t", listener), Map.of(), Map.copyOf(decoded), Map.of()));
  }

  private static Object decode(Decoder decoder, ResourceType type, Map<String, Object> tree) {
    return decoder.decode(type, Documents.parse("table.json", Json.line(tree))).model();
  }

  Answer answer(WireRequest request, long random) {
    Explanation found =
        Explanation.of(
            view, request, random, request.external() ? Optional.of(false) : Optional.empty());
    boolean forwarded = found.action().equals("forward");
    Answer.Builder answer =
        new Answer.Builder()
            .add("virtual host", found.virtualHost())
            .add("route", found.route())
            .add("cluster", forwarded ? found.cluster() : null)
            .add("status", forwarded ? "200" : orNone(found.status()))
            .add("body", request.method().equals("HEAD") ? null : found.body().orElse(null));
    headers(answer, "request", found.requestHeaders());
    headers(answer, "response", found.responseHeaders());
    return answer.build();
  }

  private static String orNone(java.util.OptionalInt status) {
    return status.isPresent() ? String.valueOf(status.getAsInt()) : "(none)";
  }

  private static void headers(Answer.Builder answer, String side, List<Header> headers) {
    for (Header each : headers) {
      boolean compared =
          side.equals("request") ? Compared.sent(each.name()) : Compared.received(each.name());
      if (compared) {
        answer.header(side, each.name(), each.value().strip()); // as the wire tells it
      }
    }
  }
}
