package dev.proxyless.mesh.route;

import dev.proxyless.mesh.route.Format.Operator;
import dev.proxyless.mesh.route.FormatOperators.Arguments;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Command operators that read what is known of a call. */
final class InfoOperators {

  /** Stands for what is not known where Envoy never leaves a value out. */
  private static final String UNKNOWN = "-";

  private static final String[] GRPC_CODES = {
    "OK",
    "Canceled",
    "Unknown",
    "InvalidArgument",
    "DeadlineExceeded",
    "NotFound",
    "AlreadyExists",
    "PermissionDenied",
    "ResourceExhausted",
    "FailedPrecondition",
    "Aborted",
    "OutOfRange",
    "Unimplemented",
    "Internal",
    "Unavailable",
    "DataLoss",
    "Unauthenticated"
  };

  /** Operators without arguments. */
  static final Map<String, Operator> CONSTANTS =
      Map.ofEntries(
          Map.entry("PROTOCOL", context -> "HTTP/1.1"),
          Map.entry("ROUTE_NAME", context -> context.route.name()),
          Map.entry("VIRTUAL_CLUSTER_NAME", InfoOperators::virtualCluster),
          Map.entry("UPSTREAM_CLUSTER", InfoOperators::cluster),
          Map.entry("UPSTREAM_CLUSTER_RAW", InfoOperators::cluster),
          Map.entry("HOSTNAME", InfoOperators::hostName),
          Map.entry("STREAM_ID", context -> context.requestHeader("x-request-id")),
          Map.entry("LOCAL_REPLY_BODY", context -> context.localReplyBody),
          Map.entry("RESPONSE_CODE", InfoOperators::status),
          Map.entry("RESPONSE_FLAGS", InfoOperators::flags),
          Map.entry("RESPONSE_FLAGS_LONG", InfoOperators::flags),
          Map.entry("UPSTREAM_HOST", InfoOperators::endpoint),
          Map.entry("UPSTREAM_REQUEST_ATTEMPT_COUNT", InfoOperators::attempts),
          Map.entry("GRPC_STATUS_NUMBER", InfoOperators::grpcNumber));

  private InfoOperators() {}

  static Operator environment(Arguments arguments) {
    String name = arguments.text();
    return context -> {
      String value = context.info.surroundings().variable(name);
      return value == null ? UNKNOWN : value;
    };
  }

  /** {@code RESPONSE_CODE_DETAILS(ALLOW_WHITESPACES)}. */
  static Operator details(Arguments arguments) {
    boolean whitespace = arguments.text().equals("ALLOW_WHITESPACES");
    return context -> {
      ResponseInfo response = context.response;
      if (response == null || response.details().isEmpty()) {
        return null;
      }
      return whitespace ? response.details() : response.details().replace(' ', '_');
    };
  }

  /** {@code GRPC_STATUS(CAMEL_STRING|SNAKE_STRING|NUMBER)}. */
  static Operator grpcStatus(Arguments arguments) {
    String style = arguments.oneOf(arguments.text(), "CAMEL_STRING", "SNAKE_STRING", "NUMBER");
    return context -> {
      Long number = grpcNumber(context);
      if (number == null || style.equals("NUMBER")) {
        return number;
      }
      if (number < 0 || number >= GRPC_CODES.length) {
        return Long.toString(number);
      }
      String name = GRPC_CODES[number.intValue()];
      return style.equals("SNAKE_STRING") ? snake(name) : name;
    };
  }

  private static String snake(String name) {
    if (name.equals("Canceled")) {
      return "CANCELLED";
    }
    StringBuilder snake = new StringBuilder();
    for (int i = 0; i < name.length(); i++) {
      char c = name.charAt(i);
      boolean word =
          i > 0 && Character.isUpperCase(c) && !Character.isUpperCase(name.charAt(i - 1));
      snake.append(word ? "_" : "").append(Character.toUpperCase(c));
    }
    return snake.toString();
  }

  private static @Nullable Long grpcNumber(FormatContext context) {
    boolean grpc = OtherConditions.isGrpc(context.requestHeader("content-type"));
    String value = grpc ? context.responseHeader("grpc-status") : null;
    try {
      return value == null ? null : Long.valueOf(value);
    } catch (NumberFormatException notANumber) {
      return null;
    }
  }

  /** {@code REQUESTED_SERVER_NAME}: there is no SNI of a caller, but there is its host. */
  static Operator serverName(Arguments arguments) {
    String[] words = arguments.text().split(":", -1);
    String which = arguments.oneOf(words[0], "SNI_ONLY", "SNI_FIRST", "HOST_FIRST");
    if (words.length > 1) {
      arguments.oneOf(words[1], "ORIG_OR_HOST", "ORIG", "HOST");
    }
    return context -> which.equals("SNI_ONLY") ? null : Hosts.withoutPort(context.authority);
  }

  private static @Nullable String virtualCluster(FormatContext context) {
    return context.route.virtualCluster(context.head, context.info);
  }

  private static @Nullable String cluster(FormatContext context) {
    if (context.target == null || context.target.cluster().isEmpty()) {
      return null;
    }
    boolean unknown =
        context.response != null && context.response.details().equals("cluster_not_found");
    return unknown ? null : context.target.cluster();
  }

  private static String hostName(FormatContext context) {
    String name = context.info.surroundings().hostName();
    return name == null ? UNKNOWN : name;
  }

  /** Where the upstream did not answer it is zero: a local reply's status is noted later. */
  private static Long status(FormatContext context) {
    ResponseInfo response = context.response;
    return response != null && response.details().equals("via_upstream")
        ? (long) response.status()
        : 0L;
  }

  private static String flags(FormatContext context) {
    ResponseInfo response = context.response;
    return response == null || response.flags().isEmpty() ? UNKNOWN : response.flags();
  }

  private static @Nullable String endpoint(FormatContext context) {
    ResponseInfo response = context.response;
    return response == null || response.endpoint().isEmpty() ? null : response.endpoint();
  }

  /** The first try is counted before its headers are written. */
  private static Long attempts(FormatContext context) {
    if (context.response != null) {
      return (long) context.response.attempts();
    }
    return context.target == null ? 0L : 1L;
  }
}
