package dev.proxyless.mesh.xds;

import dev.proxyless.mesh.model.RegexRewrite;
import dev.proxyless.mesh.model.RouteAction.HostRewrite;
import dev.proxyless.mesh.model.RouteAction.PathRewrite;
import dev.proxyless.mesh.model.RouteMatch.PathMatch;
import dev.proxyless.mesh.proto.AnyMessage;
import dev.proxyless.mesh.proto.Findings;
import dev.proxyless.mesh.proto.Message;
import java.util.List;
import java.util.Optional;

/** Decodes what paths and authorities become. */
final class RewriteDecoder {

  private static final String URI_TEMPLATE =
      "envoy.extensions.path.rewrite.uri_template.v3.UriTemplateRewriteConfig";

  private final Findings findings;

  RewriteDecoder(Findings findings) {
    this.findings = findings;
  }

  /** The path of requests that are forwarded; its fields are no oneof, but exclude each other. */
  PathRewrite path(Message action, PathMatch match) {
    List<String> set =
        List.of("prefix_rewrite", "regex_rewrite", "path_rewrite_policy", "path_rewrite").stream()
            .filter(field -> isSet(action, field))
            .toList();
    if (set.size() > 1) {
      throw action.invalid(set.get(1), "excludes " + set.get(0) + ", which is set too");
    }
    if (action.has("path_rewrite_policy")) {
      return template(action.requiredMessage("path_rewrite_policy"), match);
    }
    return common(action, match);
  }

  /** The path of a redirect. */
  PathRewrite redirect(Message redirect, PathMatch match) {
    return common(redirect, match);
  }

  private static PathRewrite common(Message message, PathMatch match) {
    Optional<String> prefix = Texts.headerValue(message, "prefix_rewrite");
    if (prefix.isPresent()) {
      if (match instanceof PathMatch.UriTemplate) {
        throw message.invalid(
            "prefix_rewrite",
            "is not for a match by path_match_policy; right would be regex_rewrite or"
                + " path_rewrite");
      }
      return new PathRewrite.Prefix(prefix.get());
    }
    if (message.has("regex_rewrite")) {
      return new PathRewrite.Regex(regex(message.requiredMessage("regex_rewrite")));
    }
    return Texts.notEmpty(message, "path_rewrite")
        .<PathRewrite>map(PathRewrite.Format::new)
        .orElseGet(PathRewrite.None::new);
  }

  private static boolean isSet(Message action, String field) {
    return action.has(field) && action.ifString(field).map(text -> !text.isEmpty()).orElse(true);
  }

  private PathRewrite template(Message policy, PathMatch match) {
    AnyMessage config = Extensions.config(policy);
    if (!config.is(URI_TEMPLATE)) {
      throw Extensions.unknown(config, URI_TEMPLATE);
    }
    if (!(match instanceof PathMatch.UriTemplate)) {
      throw policy.invalid(
          "typed_config", "needs a match by path_match_policy, whose variables it uses");
    }
    return new PathRewrite.UriTemplate(
        RouteMatchDecoder.template(config.unpack(findings), "path_template_rewrite"));
  }

  /** The authority of requests that are forwarded. */
  static HostRewrite host(Message action) {
    if (action.bool("auto_host_rewrite", false)) {
      return new HostRewrite.Auto();
    }
    if (action.has("host_rewrite_path_regex")) {
      return new HostRewrite.PathRegex(regex(action.requiredMessage("host_rewrite_path_regex")));
    }
    String header = Texts.headerName(action, "host_rewrite_header");
    if (!header.isEmpty()) {
      return new HostRewrite.Header(header);
    }
    Optional<String> literal = Texts.headerValue(action, "host_rewrite_literal");
    if (literal.isPresent()) {
      return new HostRewrite.Literal(literal.get());
    }
    return Texts.notEmpty(action, "host_rewrite")
        .<HostRewrite>map(HostRewrite.Format::new)
        .orElseGet(HostRewrite.None::new);
  }

  static RegexRewrite regex(Message message) {
    String pattern = Matchers.regex(message, "pattern");
    return new RegexRewrite(
        pattern, Texts.checked(message, "substitution", message.string("substitution")));
  }
}
