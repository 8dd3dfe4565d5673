package dev.proxyless.mesh.xds;

import dev.proxyless.mesh.model.FractionalPercent;
import dev.proxyless.mesh.model.RouteMatch;
import dev.proxyless.mesh.model.RouteMatch.PathMatch;
import dev.proxyless.mesh.model.RouteMatch.TlsContextMatch;
import dev.proxyless.mesh.model.RuntimeFraction;
import dev.proxyless.mesh.proto.AnyMessage;
import dev.proxyless.mesh.proto.Findings;
import dev.proxyless.mesh.proto.Message;
import java.util.Optional;
import java.util.regex.Pattern;

/** Decodes the conditions of a route. */
final class RouteMatchDecoder {

  private static final String URI_TEMPLATE =
      "envoy.extensions.path.match.uri_template.v3.UriTemplateMatchConfig";
  private static final Pattern SEPARATED_PREFIX = Pattern.compile("[^?#]+[^?#/]");
  private static final int MAX_TEMPLATE_LENGTH = 256;

  private final Findings findings;

  RouteMatchDecoder(Findings findings) {
    this.findings = findings;
  }

  RouteMatch match(Message message) {
    return new RouteMatch(
        path(message),
        message.bool("case_sensitive", true),
        message.message("runtime_fraction").map(RouteMatchDecoder::fraction),
        message.has("grpc"),
        Matchers.headers(message, "headers"),
        message.messages("query_parameters").stream().map(Matchers::query).toList(),
        message.messages("cookies").stream().map(Matchers::cookie).toList(),
        message.message("tls_context").map(RouteMatchDecoder::tlsContext),
        message.messages("dynamic_metadata").stream().map(ValueMatchers::metadata).toList(),
        message.messages("filter_state").stream().map(ValueMatchers::filterState).toList());
  }

  private static TlsContextMatch tlsContext(Message message) {
    return new TlsContextMatch(ifBool(message, "presented"), ifBool(message, "validated"));
  }

  private static Optional<Boolean> ifBool(Message message, String field) {
    return message.has(field) ? Optional.of(message.bool(field, false)) : Optional.empty();
  }

  private PathMatch path(Message message) {
    if (message.has("prefix")) {
      return new PathMatch.Prefix(message.string("prefix"));
    }
    if (message.has("path")) {
      return new PathMatch.Exact(message.string("path"));
    }
    if (message.has("safe_regex")) {
      return new PathMatch.SafeRegex(Matchers.regex(message, "safe_regex"));
    }
    if (message.has("path_separated_prefix")) {
      String prefix = message.string("path_separated_prefix");
      if (!SEPARATED_PREFIX.matcher(prefix).matches()) {
        throw message.invalid(
            "path_separated_prefix",
            "is \""
                + prefix
                + "\"; right would be a path without a slash at its end, query or fragment");
      }
      return new PathMatch.PathSeparatedPrefix(prefix);
    }
    if (message.has("path_match_policy")) {
      return template(message.requiredMessage("path_match_policy"));
    }
    if (message.has("connect_matcher")) {
      return new PathMatch.Connect();
    }
    throw message.invalid(
        "path_specifier",
        "is required: prefix, path, safe_regex, path_separated_prefix, path_match_policy or"
            + " connect_matcher");
  }

  private PathMatch template(Message policy) {
    AnyMessage config = Extensions.config(policy);
    if (!config.is(URI_TEMPLATE)) {
      throw Extensions.unknown(config, URI_TEMPLATE);
    }
    return new PathMatch.UriTemplate(template(config.unpack(findings), "path_template"));
  }

  /** A URI template; whether it is well formed is found out when it is compiled. */
  static String template(Message config, String field) {
    String template = config.requiredString(field);
    if (template.length() > MAX_TEMPLATE_LENGTH) {
      throw config.invalid(
          field,
          "has "
              + template.length()
              + " characters; right would be at most "
              + MAX_TEMPLATE_LENGTH);
    }
    return template;
  }

  static RuntimeFraction fraction(Message runtime) {
    return new RuntimeFraction(
        runtime.string("runtime_key"), percent(runtime.requiredMessage("default_value")));
  }

  static FractionalPercent percent(Message percent) {
    int denominator =
        switch (percent.enumName("denominator")) {
          case "TEN_THOUSAND" -> 10_000;
          case "MILLION" -> 1_000_000;
          default -> 100;
        };
    return new FractionalPercent(percent.number("numerator", 0), denominator);
  }
}
