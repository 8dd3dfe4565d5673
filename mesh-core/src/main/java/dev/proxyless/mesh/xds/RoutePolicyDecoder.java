package dev.proxyless.mesh.xds;

import dev.proxyless.mesh.model.HashPolicy;
import dev.proxyless.mesh.model.HashPolicy.Specifier;
import dev.proxyless.mesh.model.HedgePolicy;
import dev.proxyless.mesh.model.RequestMirrorPolicy;
import dev.proxyless.mesh.proto.Message;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/** Decodes policies of routes: hashing, mirroring, hedging, upgrades. */
final class RoutePolicyDecoder {

  private static final String ROUTE_UPGRADE = "envoy.config.route.v3.RouteAction.UpgradeConfig";

  private RoutePolicyDecoder() {}

  /** {@code request_mirror_policies} of a level. */
  static List<RequestMirrorPolicy> mirrors(Message level) {
    return level.messages("request_mirror_policies").stream()
        .map(RoutePolicyDecoder::mirror)
        .toList();
  }

  private static RequestMirrorPolicy mirror(Message message) {
    String cluster = message.string("cluster");
    String header = Texts.headerName(message, "cluster_header");
    if (cluster.isEmpty() && header.isEmpty()) {
      throw message.invalid("cluster", "is required, or cluster_header");
    }
    if (!cluster.isEmpty() && !header.isEmpty()) {
      throw message.invalid("cluster_header", "excludes cluster, which is set too");
    }
    return new RequestMirrorPolicy(
        cluster,
        header,
        message.message("runtime_fraction").map(RouteMatchDecoder::fraction),
        Texts.headerValue(message, "host_rewrite_literal"),
        !message.bool("disable_shadow_host_suffix_append", false),
        HeaderMutationDecoder.list(message, "request_headers_mutations"));
  }

  static HedgePolicy hedge(Message message) {
    return new HedgePolicy(message.bool("hedge_on_per_try_timeout", false));
  }

  /** Upgrade types in lower case, and whether each is switched on. */
  static Map<String, Boolean> upgrades(Message message) {
    Map<String, Boolean> upgrades = new LinkedHashMap<>();
    for (Message upgrade : message.messages("upgrade_configs")) {
      String type =
          Texts.checked(upgrade, "upgrade_type", upgrade.string("upgrade_type"))
              .toLowerCase(Locale.ROOT);
      if (upgrade.type().name().equals(ROUTE_UPGRADE)) {
        requireRouteUpgrade(upgrade, type);
      }
      if (upgrades.put(type, upgrade.bool("enabled", true)) != null) {
        throw upgrade.invalid(
            "upgrade_type", "is \"" + type + "\", which stands twice; leave out one of them");
      }
    }
    return Collections.unmodifiableMap(upgrades);
  }

  /** What a route says of an upgrade is held to more than what a connection manager does. */
  private static void requireRouteUpgrade(Message upgrade, String type) {
    upgrade.requiredString("upgrade_type");
    if (upgrade.has("connect_config") && !type.equals("connect")) {
      throw upgrade.invalid(
          "connect_config", "is for CONNECT alone; upgrade_type is \"" + type + "\"");
    }
  }

  static List<HashPolicy> hashPolicies(Message action) {
    List<HashPolicy> policies = new ArrayList<>();
    for (Message policy : action.messages("hash_policy")) {
      specifier(policy)
          .ifPresent(each -> policies.add(new HashPolicy(each, policy.bool("terminal", false))));
    }
    return List.copyOf(policies);
  }

  /** Empty for connection properties of which none is asked for. */
  private static Optional<Specifier> specifier(Message policy) {
    if (policy.has("header")) {
      Message header = policy.requiredMessage("header");
      return Optional.of(
          new Specifier.Header(
              Texts.requiredHeaderName(header, "header_name"),
              header.message("regex_rewrite").map(RewriteDecoder::regex)));
    }
    if (policy.has("cookie")) {
      return Optional.of(
          new Specifier.Cookie(policy.requiredMessage("cookie").requiredString("name")));
    }
    if (policy.has("connection_properties")) {
      return policy.requiredMessage("connection_properties").bool("source_ip", false)
          ? Optional.of(new Specifier.SourceIp())
          : Optional.empty();
    }
    if (policy.has("query_parameter")) {
      Message query = policy.requiredMessage("query_parameter");
      return Optional.of(new Specifier.QueryParameter(query.requiredString("name")));
    }
    if (policy.has("filter_state")) {
      Message state = policy.requiredMessage("filter_state");
      return Optional.of(new Specifier.FilterState(state.requiredString("key")));
    }
    throw policy.invalid(
        "policy_specifier",
        "is required: header, cookie, connection_properties, query_parameter or filter_state");
  }
}
