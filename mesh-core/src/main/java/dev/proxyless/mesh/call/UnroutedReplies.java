package dev.proxyless.mesh.call;

import dev.proxyless.mesh.call.MeshView.OutboundChain;
import dev.proxyless.mesh.model.VirtualHost;
import dev.proxyless.mesh.route.RequestHead;
import dev.proxyless.mesh.route.StreamInfo;
import dev.proxyless.mesh.telemetry.CallInfo;
import dev.proxyless.mesh.telemetry.ResponseFlag;
import dev.proxyless.mesh.telemetry.ResponseFlags;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/** Replies to requests that no route took, with what would help. */
final class UnroutedReplies {

  private UnroutedReplies() {}

  static LocalReply notReady(RequestHead head, Duration waited, List<String> awaited) {
    return LocalReplies.text(
        head,
        503,
        "no mesh configuration yet",
        List.of(),
        new CallInfo(
            "",
            "",
            "",
            "",
            0,
            ResponseFlags.of(ResponseFlag.NFCF),
            "no_configuration",
            awaited.isEmpty()
                ? "no configuration arrived within "
                    + waited.toMillis()
                    + " ms; look at the log for the control plane's address and what it answers, or"
                    + " wait with Mesh.awaitReady before the first call"
                : "configuration was not whole within "
                    + waited.toMillis()
                    + " ms: it waits for "
                    + String.join(", ", awaited)));
  }

  static LocalReply noRoute(OutboundChain chain, RequestHead head, StreamInfo info) {
    Optional<VirtualHost> host = chain.table().virtualHost(head, info);
    String explanation;
    if (host.isPresent()) {
      explanation =
          "no route of virtual host "
              + host.get().name()
              + " takes "
              + head.method()
              + " "
              + head.path()
              + "; ask explain for the condition that each of them fails";
    } else {
      String nearest = chain.table().nearestDomain(head.authority());
      explanation =
          "the mesh knows no virtual service \""
              + head.authority()
              + "\" on port "
              + head.port()
              + (nearest.isEmpty() ? "" : "; the nearest that it knows is \"" + nearest + "\"");
    }
    return LocalReplies.text(
        head,
        404,
        "",
        List.of(),
        new CallInfo(
            host.map(VirtualHost::name).orElse(""),
            "",
            "",
            "",
            0,
            ResponseFlags.of(ResponseFlag.NR),
            "route_not_found",
            explanation));
  }
}
