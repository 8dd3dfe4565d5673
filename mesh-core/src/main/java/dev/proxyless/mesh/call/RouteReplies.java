package dev.proxyless.mesh.call;

import dev.proxyless.mesh.call.MeshView.OutboundChain;
import dev.proxyless.mesh.model.RouteAction.Forward;
import dev.proxyless.mesh.model.VirtualHost;
import dev.proxyless.mesh.route.ConnectionManager.Arrival;
import dev.proxyless.mesh.route.HeaderEdits;
import dev.proxyless.mesh.route.RequestHead;
import dev.proxyless.mesh.route.ResponseInfo;
import dev.proxyless.mesh.route.RouteEntry;
import dev.proxyless.mesh.route.RouteTarget;
import dev.proxyless.mesh.route.StreamInfo;
import dev.proxyless.mesh.telemetry.CallInfo;
import dev.proxyless.mesh.telemetry.ResponseFlag;
import dev.proxyless.mesh.telemetry.ResponseFlags;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What a caller gets that no cluster is asked for: a route's own answer, with its mutations, or why
 * there is no route, no cluster or no configuration, with what would help.
 */
final class RouteReplies {

  private RouteReplies() {}

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

  static LocalReply refused(RequestHead head, Arrival.Answered answered) {
    List<Header> headers =
        answered.location().map(to -> List.of(new Header("location", to))).orElse(List.of());
    return LocalReplies.text(
        head,
        answered.status(),
        "",
        headers,
        new CallInfo("", "", "", "", 0, ResponseFlags.NONE, answered.details(), ""));
  }

  static LocalReply upgradeRefused(RouteEntry route, RequestHead head, StreamInfo info) {
    CallInfo call =
        new CallInfo(
            route.virtualHost().name(),
            route.name(),
            "",
            "",
            0,
            ResponseFlags.NONE,
            "upgrade_failed",
            "upgrade_configs switches this upgrade off");
    return LocalReplies.text(
        head, 403, "", mutated(route, head, info, null, List.of(), 403, call), call);
  }

  static LocalReply byRoute(
      RouteEntry route,
      RequestHead head,
      StreamInfo info,
      int status,
      String location,
      String body,
      Optional<String> contentType) {
    List<Header> headers =
        location.isEmpty() ? List.of() : List.of(new Header("location", location));
    CallInfo call =
        new CallInfo(
            route.virtualHost().name(),
            route.name(),
            "",
            "",
            0,
            ResponseFlags.NONE,
            "direct_response",
            "");
    return LocalReplies.reply(
        head,
        status,
        body,
        contentType,
        mutated(route, head, info, null, headers, status, call),
        call);
  }

  static LocalReply noCluster(
      RouteEntry route, RouteTarget routed, RequestHead head, StreamInfo info) {
    int status = ((Forward) route.action()).clusterNotFoundStatus();
    CallInfo call =
        new CallInfo(
            route.virtualHost().name(),
            route.name(),
            routed.cluster(),
            "",
            0,
            ResponseFlags.of(ResponseFlag.NC),
            "cluster_not_found",
            routed.cluster().isEmpty()
                ? "the request has no header that names the cluster"
                : "the route names the cluster " + routed.cluster() + ", which is not known");
    return LocalReplies.text(
        head, status, "", mutated(route, head, info, routed, List.of(), status, call), call);
  }

  /** The headers of a reply as its route's mutations leave them. */
  static List<Header> mutated(
      RouteEntry route,
      RequestHead head,
      StreamInfo info,
      @Nullable RouteTarget routed,
      List<Header> headers,
      int status,
      CallInfo call) {
    HeaderEdits edits =
        new HeaderEdits(
            name -> {
              for (Header header : headers) {
                if (header.name().equalsIgnoreCase(name)) {
                  return header.value();
                }
              }
              return null;
            });
    route.finalizeResponse(
        head,
        info,
        routed,
        edits,
        new ResponseInfo(
            status, call.flags().toString(), call.details(), call.endpoint(), call.attempts()));
    return HeaderLines.edited(headers, edits.list());
  }
}
