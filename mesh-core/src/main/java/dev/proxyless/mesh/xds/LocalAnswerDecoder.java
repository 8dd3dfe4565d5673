package dev.proxyless.mesh.xds;

import dev.proxyless.mesh.model.RouteAction;
import dev.proxyless.mesh.model.RouteAction.BodyFormat;
import dev.proxyless.mesh.model.RouteMatch.PathMatch;
import dev.proxyless.mesh.proto.Findings;
import dev.proxyless.mesh.proto.Message;
import java.util.Collections;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalInt;

/** Decodes actions that answer without an upstream: redirects and direct responses. */
final class LocalAnswerDecoder {

  private static final long DEFAULT_MAX_BODY = 4_096;

  private final RewriteDecoder rewrites;
  private final TextSource texts;
  private final long maxBody;

  /** Decodes for a configuration, which bounds the bodies of its direct responses. */
  LocalAnswerDecoder(Message configuration, Findings findings, Checks checks) {
    rewrites = new RewriteDecoder(findings);
    texts = new TextSource(checks);
    long max = configuration.number("max_direct_response_body_size_bytes", DEFAULT_MAX_BODY);
    maxBody = max == 0 ? Long.MAX_VALUE : max;
  }

  RouteAction.Redirect redirect(Message message, PathMatch match) {
    int status =
        switch (message.enumName("response_code")) {
          case "FOUND" -> 302;
          case "SEE_OTHER" -> 303;
          case "TEMPORARY_REDIRECT" -> 307;
          case "PERMANENT_REDIRECT" -> 308;
          default -> 301;
        };
    Optional<String> scheme =
        message.bool("https_redirect", false)
            ? Optional.of("https")
            : Texts.headerValue(message, "scheme_redirect")
                .map(text -> text.toLowerCase(Locale.ROOT));
    int port = message.integer("port_redirect", 0, 65_535, 0);
    return new RouteAction.Redirect(
        scheme,
        Texts.headerValue(message, "host_redirect"),
        port == 0 ? OptionalInt.empty() : OptionalInt.of(port),
        Texts.headerValue(message, "path_redirect"),
        rewrites.redirect(message, match),
        status,
        message.bool("strip_query", false));
  }

  RouteAction.DirectResponse directResponse(Message message) {
    int status = message.integer("status", 200, 599, 0);
    if (status == 0) {
      throw message.invalid("status", "is required: 200 to 599");
    }
    return new RouteAction.DirectResponse(
        status,
        message.message("body").map(body -> texts.read(body, maxBody)).orElse(""),
        message.message("body_format").map(this::format));
  }

  private BodyFormat format(Message message) {
    Object format;
    if (message.has("json_format")) {
      format = Collections.unmodifiableMap(message.struct("json_format"));
    } else if (message.has("text_format_source")) {
      format = texts.read(message.requiredMessage("text_format_source"), Long.MAX_VALUE);
    } else if (message.has("text_format")) {
      format = message.string("text_format");
    } else {
      throw message.invalid("format", "is required: text_format_source or json_format");
    }
    return new BodyFormat(
        format,
        Texts.headerValue(message, "content_type"),
        message.bool("omit_empty_values", false));
  }
}
