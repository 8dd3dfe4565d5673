package dev.proxyless.mesh.appmesh;

import dev.proxyless.mesh.appmesh.AppMesh.Certificate;
import dev.proxyless.mesh.appmesh.AppMesh.ClientTls;
import dev.proxyless.mesh.appmesh.AppMesh.ListenerTls;
import dev.proxyless.mesh.appmesh.AppMesh.NodeListener;
import dev.proxyless.mesh.appmesh.AppMesh.ServiceDiscovery;
import dev.proxyless.mesh.appmesh.AppMesh.VirtualNode;
import dev.proxyless.mesh.proto.Message;
import java.util.List;
import java.util.Optional;

/**
 * Translates TLS. Names that look like URIs, such as SPIFFE IDs, are matched as URIs, others as DNS
 * names.
 */
final class Tls {

  private static final String TYPES = "envoy.extensions.transport_sockets.tls.v3.";

  private Tls() {}

  /**
   * The client side of a target. A policy decides; where none covers the port, the client follows
   * the target's listener: plaintext, or TLS whose server is not validated, since App Mesh could
   * not validate certificates from files without a policy.
   */
  static void upstream(
      Message.Builder cluster,
      VirtualNode node,
      NodeListener listener,
      Optional<ClientTls> policy) {
    boolean serverSpeaksTls = listener.tls().filter(tls -> !tls.isOff()).isPresent();
    boolean speakTls = policy.map(ClientTls::enforce).orElse(false) || serverSpeaksTls;
    if (!speakTls) {
      return;
    }
    cluster.set(
        "transport_socket",
        socket ->
            socket
                .set("name", "envoy.transport_sockets.tls")
                .set(
                    "typed_config",
                    Xds.any(
                        TYPES + "UpstreamTlsContext",
                        context ->
                            context.set(
                                "common_tls_context",
                                common -> policy.ifPresent(tls -> client(common, tls, node))))));
  }

  private static void client(Message.Builder common, ClientTls tls, VirtualNode node) {
    tls.certificate().ifPresent(certificate -> certificate(common, certificate));
    List<String> names = tls.validation().names().orElseGet(() -> defaultNames(node));
    validation(common, tls.validation().trust(), names);
  }

  /**
   * Without names of its own, a policy expects the target's DNS name, or {@code service.namespace}.
   */
  private static List<String> defaultNames(VirtualNode node) {
    return node.discovery()
        .map(
            discovery ->
                discovery instanceof ServiceDiscovery.CloudMap cloudMap
                    ? List.of(cloudMap.service() + "." + cloudMap.namespace())
                    : List.of(((ServiceDiscovery.Dns) discovery).hostname()))
        .orElse(List.of());
  }

  /** The server side of a listener. */
  static void downstream(Message.Builder chain, ListenerTls tls) {
    chain.set(
        "transport_socket",
        socket ->
            socket
                .set("name", "envoy.transport_sockets.tls")
                .set(
                    "typed_config",
                    Xds.any(
                        TYPES + "DownstreamTlsContext",
                        context -> {
                          context.set(
                              "common_tls_context",
                              common -> {
                                certificate(common, tls.certificate());
                                tls.validation()
                                    .ifPresent(
                                        each ->
                                            validation(
                                                common,
                                                each.trust(),
                                                each.names().orElse(List.of())));
                              });
                          if (tls.validation().isPresent()) {
                            context.set("require_client_certificate", true);
                          }
                        })));
  }

  private static void certificate(Message.Builder common, Certificate certificate) {
    common.add(
        "tls_certificates",
        each ->
            each.set("certificate_chain", file -> file.set("filename", certificate.chain()))
                .set("private_key", file -> file.set("filename", certificate.privateKey())));
  }

  private static void validation(Message.Builder common, String trust, List<String> names) {
    common.set(
        "validation_context",
        context -> {
          context.set("trusted_ca", file -> file.set("filename", trust));
          for (String name : names) {
            context.add(
                "match_typed_subject_alt_names",
                san ->
                    san.set("san_type", name.contains("://") ? "URI" : "DNS")
                        .set("matcher", matcher -> matcher.set("exact", name)));
          }
        });
  }
}
