package dev.proxyless.mesh.appmesh;

import dev.proxyless.mesh.appmesh.AppMesh.NodeListener;
import dev.proxyless.mesh.appmesh.AppMesh.VirtualNode;
import dev.proxyless.mesh.proto.AnyMessage;
import dev.proxyless.mesh.proto.Message;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.IntFunction;

/** Translates to listeners: App Mesh's own for this library, loopback ports for a plain Envoy. */
final class Listeners {

  private static final String LISTENER = "envoy.config.listener.v3.Listener";
  private static final String HCM =
      "envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager";
  private static final String ROUTER = "envoy.extensions.filters.http.router.v3.Router";
  private static final int EGRESS_PORT = 15_001;
  private static final int INGRESS_PORT = 15_000;

  private final String mesh;
  private final View view;

  Listeners(String mesh, View view) {
    this.mesh = mesh;
    this.view = view;
  }

  /**
   * The egress listener: a chain for each service port, one for HTTPS, and one for all other ports.
   */
  Message egress(Set<Integer> ports, IntFunction<String> routes, Egress egress) {
    return Message.of(
        LISTENER,
        listener -> {
          listener
              .set("name", Names.EGRESS_LISTENER)
              .set("address", address -> Xds.address(address, "0.0.0.0", EGRESS_PORT))
              .set("use_original_dst", true)
              .set("traffic_direction", "OUTBOUND");
          for (int port : ports) {
            listener.add(
                "filter_chains",
                chain -> {
                  chain.set("filter_chain_match", match -> match.set("destination_port", port));
                  http(chain, "egress", hcm -> rds(hcm, routes.apply(port)));
                });
          }
          if (!ports.contains(Egress.HTTPS_PORT)) {
            listener.add(
                "filter_chains",
                chain -> {
                  chain.set(
                      "filter_chain_match",
                      match -> match.set("destination_port", Egress.HTTPS_PORT));
                  http(chain, "egress", hcm -> inline(hcm, egress, Egress.HTTPS_PORT));
                });
          }
          listener.set(
              "default_filter_chain",
              chain -> http(chain, "egress", hcm -> inline(hcm, egress, 0)));
        });
  }

  private static void inline(Message.Builder hcm, Egress egress, int port) {
    hcm.set(
        "route_config",
        config ->
            config
                .set("name", port == 0 ? "rds_egress_default" : Names.routes("https", port))
                .addAll("virtual_hosts", egress.virtualHosts(port)));
  }

  private static void rds(Message.Builder hcm, String routes) {
    hcm.set("rds", rds -> rds.set("config_source", Xds::ads).set("route_config_name", routes));
  }

  /** The ingress listener, with a chain for each listener of the node; empty where it has none. */
  Optional<Message> ingress(String nodeName, VirtualNode node) {
    if (node.listeners().isEmpty()) {
      return Optional.empty();
    }
    return Optional.of(
        Message.of(
            LISTENER,
            listener -> {
              listener
                  .set("name", Names.INGRESS_LISTENER)
                  .set("address", address -> Xds.address(address, "0.0.0.0", INGRESS_PORT))
                  .set("use_original_dst", true)
                  .set("traffic_direction", "INBOUND");
              for (NodeListener each : node.listeners()) {
                listener.add("filter_chains", chain -> ingressChain(chain, nodeName, each));
              }
            }));
  }

  private void ingressChain(Message.Builder chain, String nodeName, NodeListener listener) {
    int port = listener.mapping().port();
    String cluster = Names.ingressCluster(mesh, nodeName, listener.mapping());
    chain.set("filter_chain_match", match -> match.set("destination_port", port));
    http(
        chain,
        "ingress",
        hcm ->
            hcm.set(
                "route_config",
                config ->
                    config
                        .set("name", "rds_ingress_" + listener.mapping().protocol() + "_" + port)
                        .add(
                            "virtual_hosts",
                            host ->
                                host.set("name", nodeName)
                                    .addAll("domains", List.of("*"))
                                    .add(
                                        "routes",
                                        route ->
                                            route
                                                .set("match", match -> match.set("prefix", "/"))
                                                .set(
                                                    "route",
                                                    action -> action.set("cluster", cluster))))));
    listener.tls().filter(tls -> !tls.isOff()).ifPresent(tls -> Tls.downstream(chain, tls));
  }

  /** A plain Envoy's way to a service port. */
  Message loopback(int servicePort, String routes) {
    int port = servicePort + view.portOffset();
    return Message.of(
        LISTENER,
        listener ->
            listener
                .set("name", "lds_egress_127.0.0.1_" + port)
                .set("address", address -> Xds.address(address, "127.0.0.1", port))
                .set("traffic_direction", "OUTBOUND")
                .add("filter_chains", chain -> http(chain, "egress", hcm -> rds(hcm, routes))));
  }

  private static void http(
      Message.Builder chain, String statPrefix, Consumer<Message.Builder> routes) {
    AnyMessage router = Xds.any(ROUTER, each -> {});
    chain.add(
        "filters",
        filter ->
            filter
                .set("name", "envoy.filters.network.http_connection_manager")
                .set(
                    "typed_config",
                    Xds.any(
                        HCM,
                        hcm -> {
                          hcm.set("stat_prefix", statPrefix)
                              .set("normalize_path", true)
                              .set("merge_slashes", true)
                              .add(
                                  "http_filters",
                                  each ->
                                      each.set("name", "envoy.filters.http.router")
                                          .set("typed_config", router));
                          routes.accept(hcm);
                        })));
  }
}
