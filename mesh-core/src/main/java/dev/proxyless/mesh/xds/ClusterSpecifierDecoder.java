package dev.proxyless.mesh.xds;

import dev.proxyless.mesh.model.RouteAction.ClusterSpecifier;
import dev.proxyless.mesh.model.RouteAction.ClusterWeight;
import dev.proxyless.mesh.proto.AnyMessage;
import dev.proxyless.mesh.proto.Findings;
import dev.proxyless.mesh.proto.Message;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/** Decodes which cluster a route goes to. */
final class ClusterSpecifierDecoder {

  private static final long MAX_WEIGHT = 0xffff_ffffL;

  private final Findings findings;

  /** Names of the configuration's plugins; all are optional, since none is known. */
  private final Set<String> plugins;

  /** Decodes the plugins of a configuration, which its routes name. */
  ClusterSpecifierDecoder(Message configuration, Findings findings) {
    this.findings = findings;
    plugins = new TreeSet<>();
    for (Message plugin : configuration.messages("cluster_specifier_plugins")) {
      plugins.add(plugin(plugin));
    }
  }

  /** No plugin is known; one that is optional leaves its routes without effect. */
  private String plugin(Message plugin) {
    Message extension = plugin.requiredMessage("extension");
    AnyMessage config = Extensions.config(extension);
    if (!plugin.bool("is_optional", false)) {
      throw extension.invalid(
          "typed_config",
          "is a "
              + config.typeName()
              + ", which is no plugin that is known here; right would be cluster, cluster_header or"
              + " weighted_clusters in its routes, or is_optional");
    }
    findings.report(
        plugin.path(),
        "the plugin \"" + extension.string("name") + "\" is unknown; its routes match nothing");
    return extension.string("name");
  }

  ClusterSpecifier cluster(Message action) {
    if (action.has("cluster")) {
      return new ClusterSpecifier.Named(action.requiredString("cluster"));
    }
    if (action.has("cluster_header")) {
      return new ClusterSpecifier.FromHeader(Texts.requiredHeaderName(action, "cluster_header"));
    }
    if (action.has("weighted_clusters")) {
      return weighted(action.requiredMessage("weighted_clusters"));
    }
    if (action.has("inline_cluster_specifier_plugin")) {
      plugin(action.requiredMessage("inline_cluster_specifier_plugin"));
      return new ClusterSpecifier.Unknown();
    }
    if (action.has("cluster_specifier_plugin")) {
      String name = action.string("cluster_specifier_plugin");
      if (!plugins.contains(name)) {
        throw action.invalid(
            "cluster_specifier_plugin",
            "is \"" + name + "\"; right would be the name of one of cluster_specifier_plugins");
      }
      return new ClusterSpecifier.Unknown();
    }
    throw action.invalid(
        "cluster_specifier", "is required: cluster, cluster_header or weighted_clusters");
  }

  private ClusterSpecifier weighted(Message message) {
    List<ClusterWeight> weights = message.messages("clusters").stream().map(this::weight).toList();
    long total = weights.stream().mapToLong(ClusterWeight::weight).sum();
    if (total < 1 || total > MAX_WEIGHT) {
      throw message.invalid(
          "clusters",
          "have weights that add up to " + total + "; right would be 1 to " + MAX_WEIGHT);
    }
    return new ClusterSpecifier.Weighted(
        weights,
        Texts.headerValue(message, "header_name")
            .map(none -> Texts.headerName(message, "header_name")),
        message.bool("use_hash_policy", false));
  }

  private ClusterWeight weight(Message message) {
    String name = message.string("name");
    String header = Texts.headerName(message, "cluster_header");
    if (name.isEmpty() && header.isEmpty()) {
      throw message.invalid("name", "is required, or cluster_header");
    }
    if (!name.isEmpty() && !header.isEmpty()) {
      throw message.invalid("cluster_header", "excludes name, which is set too");
    }
    if (!message.has("weight")) {
      throw message.invalid("weight", "is required; 0 takes no traffic");
    }
    return new ClusterWeight(
        name,
        header,
        message.number("weight", 0),
        Extensions.metadata(message, "metadata_match"),
        HeaderMutationDecoder.request(message),
        HeaderMutationDecoder.response(message),
        Texts.headerValue(message, "host_rewrite_literal"),
        Extensions.filterConfigs(message, findings));
  }
}
