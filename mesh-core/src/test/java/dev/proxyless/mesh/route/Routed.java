package dev.proxyless.mesh.route;

import dev.proxyless.mesh.model.HeaderMutations;
import dev.proxyless.mesh.model.HeaderValueOption;
import dev.proxyless.mesh.model.HeaderValueOption.AppendAction;
import dev.proxyless.mesh.model.Metadata;
import dev.proxyless.mesh.model.Route;
import dev.proxyless.mesh.model.RouteAction;
import dev.proxyless.mesh.model.RouteAction.ClusterSpecifier;
import dev.proxyless.mesh.model.RouteAction.ClusterWeight;
import dev.proxyless.mesh.model.RouteAction.HostRewrite;
import dev.proxyless.mesh.model.RouteAction.PathRewrite;
import dev.proxyless.mesh.model.RouteConfiguration;
import dev.proxyless.mesh.model.RouteMatch;
import dev.proxyless.mesh.model.RouteMatch.PathMatch;
import dev.proxyless.mesh.model.VirtualHost;
import dev.proxyless.mesh.telemetry.MeshMeters;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalLong;

/** One route for tests, put together from records, and what it makes of requests. */
final class Routed {

  PathMatch match = new PathMatch.Prefix("/");
  List<ClusterWeight> clusters = List.of(ClusterWeight.of("c", 1));
  PathRewrite pathRewrite = new PathRewrite.None();
  HostRewrite hostRewrite = new HostRewrite.None();
  boolean appendForwardedHost;
  boolean mostSpecificWins;
  boolean envoyHeaders = true;
  HeaderMutations requests = HeaderMutations.NONE;
  HeaderMutations requestsOfHost = HeaderMutations.NONE;
  HeaderMutations requestsOfConfiguration = HeaderMutations.NONE;
  HeaderMutations responses = HeaderMutations.NONE;
  HeaderMutations responsesOfHost = HeaderMutations.NONE;
  HeaderMutations responsesOfConfiguration = HeaderMutations.NONE;
  Metadata metadata = Metadata.EMPTY;
  StreamInfo info = StreamInfo.of(0);
  Optional<RouteAction> action = Optional.empty();

  /** Additions and overwrites written {@code ACTION name: value}, in order. */
  static HeaderMutations add(String... options) {
    return mutations(List.of(), options);
  }

  static HeaderMutations mutations(List<String> remove, String... options) {
    List<HeaderValueOption> all = new ArrayList<>();
    for (String option : options) {
      String[] parts = option.split(" ", 3);
      boolean keep = parts[0].endsWith("+");
      AppendAction action =
          switch (parts[0].replace("+", "")) {
            case "append" -> AppendAction.APPEND_IF_EXISTS_OR_ADD;
            case "absent" -> AppendAction.ADD_IF_ABSENT;
            case "set" -> AppendAction.OVERWRITE_IF_EXISTS_OR_ADD;
            case "replace" -> AppendAction.OVERWRITE_IF_EXISTS;
            default -> throw new IllegalArgumentException(option);
          };
      String name = parts[1].substring(0, parts[1].length() - 1);
      all.add(new HeaderValueOption(name, parts.length > 2 ? parts[2] : "", action, keep));
    }
    return new HeaderMutations(all, remove);
  }

  static Routed weighted(String host, HeaderMutations requests, HeaderMutations responses) {
    Routed routed = new Routed();
    routed.clusters =
        List.of(
            new ClusterWeight(
                "c",
                "",
                1,
                Metadata.EMPTY,
                requests,
                responses,
                host.isEmpty() ? Optional.empty() : Optional.of(host),
                Map.of()));
    return routed;
  }

  RouteEntry entry() {
    RouteAction.Forward base =
        RouteAction.Forward.to(new ClusterSpecifier.Weighted(clusters, Optional.empty(), false));
    RouteAction forward =
        new RouteAction.Forward(
            base.cluster(),
            base.clusterNotFoundStatus(),
            base.metadataMatch(),
            base.priority(),
            pathRewrite,
            hostRewrite,
            appendForwardedHost,
            base.timeouts(),
            base.retryPolicy(),
            base.hedgePolicy(),
            base.hashPolicies(),
            base.requestMirrorPolicies(),
            base.internalRedirectPolicy(),
            base.upgrades());
    Route route =
        new Route(
            "rn",
            RouteMatch.of(match, true),
            action.orElse(forward),
            requests,
            responses,
            Optional.empty(),
            OptionalLong.empty(),
            Map.of(),
            metadata);
    VirtualHost plain = VirtualHost.of("v", List.of("*"), List.of(route));
    VirtualHost host =
        new VirtualHost(
            plain.name(),
            plain.domains(),
            plain.routes(),
            plain.matcher(),
            plain.requireTls(),
            plain.virtualClusters(),
            requestsOfHost,
            responsesOfHost,
            plain.retryPolicy(),
            plain.hedgePolicy(),
            plain.requestMirrorPolicies(),
            plain.includeRequestAttemptCount(),
            plain.includeAttemptCountInResponse(),
            plain.includeIsTimeoutRetryHeader(),
            plain.requestBodyBufferLimit(),
            plain.typedPerFilterConfig(),
            new Metadata(Map.of("ns", Map.of("a", "vv"))));
    RouteConfiguration empty = RouteConfiguration.of("r", List.of(host));
    RouteConfiguration configuration =
        new RouteConfiguration(
            empty.name(),
            empty.virtualHosts(),
            empty.internalOnlyHeaders(),
            requestsOfConfiguration,
            responsesOfConfiguration,
            mostSpecificWins,
            empty.validateClusters(),
            empty.requestMirrorPolicies(),
            empty.ignorePortInHostMatching(),
            empty.ignorePathParametersInPathMatching(),
            empty.typedPerFilterConfig(),
            empty.vhostHeader());
    return RouteTable.compile(configuration, MeshMeters.NONE).routes().get(0);
  }

  /** The request as it is sent: {@code AUTHORITY PATH | name: value | ...}. */
  String sent(RequestHead head) {
    RequestHead sent = sentHead(head);
    StringBuilder text = new StringBuilder(sent.authority()).append(' ').append(sent.path());
    for (int i = 0; i < sent.headerCount(); i++) {
      text.append(" | ").append(sent.headerName(i)).append(": ").append(sent.headerValue(i));
    }
    return text.toString();
  }

  RequestHead sentHead(RequestHead head) {
    RouteEntry entry = entry();
    HeaderEdits edits = HeaderEdits.of(head);
    RouteEntry.Rewritten rewritten =
        entry.finalizeRequest(head, info, entry.target(head, info), edits, envoyHeaders);
    return EditedHead.of(head, rewritten.authority(), rewritten.path(), edits.list());
  }

  /** The response headers, as edits of some that are there. */
  String answered(RequestHead head, ResponseInfo response, Map<String, String> headers) {
    RouteEntry entry = entry();
    HeaderEdits edits =
        new HeaderEdits(
            name -> Objects.requireNonNullElse(headers, Map.<String, String>of()).get(name));
    entry.finalizeResponse(head, info, entry.target(head, info), edits, response);
    List<String> lines = new ArrayList<>();
    for (HeaderEdit edit : edits.list()) {
      lines.add(
          edit.kind() + " " + edit.name() + (edit.value().isEmpty() ? "" : ": " + edit.value()));
    }
    return String.join(" | ", lines);
  }
}
