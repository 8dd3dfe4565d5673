package dev.proxyless.mesh.route;

import dev.proxyless.mesh.model.RouteAction.BodyFormat;
import dev.proxyless.mesh.model.RouteAction.DirectResponse;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * The body of a direct response, compiled: as it stands, or as {@code body_format} makes it.
 * Source: Envoy's {@code SubstitutionFormatStringUtils}. Immutable.
 */
final class ReplyBody {

  /** What is left out of a map; a value that is null stays in a map that leaves nothing out. */
  private static final Object OMITTED = new Object();

  private final String body;
  private final @Nullable Object format;
  private final boolean omitEmpty;
  private final Optional<String> contentType;

  private ReplyBody(
      String body, @Nullable Object format, boolean omitEmpty, Optional<String> contentType) {
    this.body = body;
    this.format = format;
    this.omitEmpty = omitEmpty;
    this.contentType = contentType;
  }

  static ReplyBody compile(DirectResponse reply, String at) {
    if (reply.bodyFormat().isEmpty()) {
      return new ReplyBody(reply.body(), null, false, Optional.empty());
    }
    BodyFormat format = reply.bodyFormat().get();
    boolean json = !(format.format() instanceof String);
    String path = at + ".body_format" + (json ? ".json_format" : ".text_format_source");
    return new ReplyBody(
        reply.body(),
        compile(format.format(), path),
        format.omitEmptyValues(),
        format.contentType().or(() -> json ? Optional.of("application/json") : Optional.empty()));
  }

  private static @Nullable Object compile(@Nullable Object value, String path) {
    if (value instanceof String text) {
      return Format.compile(text, path);
    }
    if (value instanceof Map<?, ?> map) {
      Map<String, @Nullable Object> compiled = new TreeMap<>();
      map.forEach(
          (key, each) ->
              compiled.put(String.valueOf(key), compile(each, path + "[\"" + key + "\"]")));
      return compiled;
    }
    if (value instanceof List<?> list) {
      List<@Nullable Object> compiled = new ArrayList<>();
      for (int i = 0; i < list.size(); i++) {
        compiled.add(compile(list.get(i), path + "[" + i + "]"));
      }
      return compiled;
    }
    return value;
  }

  /** The content type that it has whatever the route's mutations say. */
  Optional<String> contentType() {
    return contentType;
  }

  String text(FormatContext context) {
    if (format == null) {
      return body;
    }
    context.localReplyBody = body;
    if (format instanceof Format text) {
      return text.evaluate(context, missing());
    }
    return JsonText.of(evaluate(format, context)) + "\n";
  }

  private String missing() {
    return omitEmpty ? "" : "-";
  }

  private @Nullable Object evaluate(@Nullable Object value, FormatContext context) {
    if (value instanceof Format text) {
      return text.value(context, missing());
    }
    if (value instanceof Map<?, ?> map) {
      Map<String, @Nullable Object> evaluated = new TreeMap<>();
      map.forEach(
          (key, each) -> {
            Object result = kept(evaluate(each, context));
            boolean empty = omitEmpty && result instanceof Map<?, ?> inner && inner.isEmpty();
            if (result != OMITTED && !empty) {
              evaluated.put(String.valueOf(key), result);
            }
          });
      return evaluated;
    }
    if (value instanceof List<?> list) {
      List<@Nullable Object> evaluated = new ArrayList<>();
      for (Object each : list) {
        Object result = kept(evaluate(each, context));
        if (result != OMITTED) {
          evaluated.add(result);
        }
      }
      return evaluated;
    }
    return value;
  }

  private @Nullable Object kept(@Nullable Object value) {
    return value == null && omitEmpty ? OMITTED : value;
  }
}
