package dev.proxyless.mesh.route;

import dev.proxyless.mesh.route.Format.Operator;
import dev.proxyless.mesh.route.FormatOperators.Arguments;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * The command operators of Envoy 1.40 that it takes in header values: which arguments and lengths
 * each takes was asked of Envoy. Those that ask about what a client inside a process does not have
 * (a connection from the caller, its TLS, bytes on the wire) are known and have no value.
 */
final class FormatTable {

  /** Whether an operator takes arguments in parentheses. */
  enum Parameters {
    NONE,
    OPTIONAL,
    REQUIRED
  }

  /** Makes an operator of its arguments. */
  interface Compiler {
    Operator compile(Arguments arguments);
  }

  /** What is known of an operator. */
  record Entry(Parameters parameters, boolean lengthAllowed, boolean hasValue, Compiler compiler) {}

  static final Map<String, Entry> ENTRIES = Map.copyOf(entries());

  private FormatTable() {}

  private static Map<String, Entry> entries() {
    Map<String, Entry> all = new HashMap<>();
    for (String name : List.of("REQ", "REQUEST_HEADER")) {
      all.put(name, new Entry(Parameters.REQUIRED, true, true, HeaderOperators::ofRequest));
    }
    for (String name : List.of("RESP", "RESPONSE_HEADER")) {
      all.put(name, new Entry(Parameters.REQUIRED, true, true, HeaderOperators::ofResponse));
    }
    for (String name : List.of("TRAILER", "RESPONSE_TRAILER")) {
      all.put(name, new Entry(Parameters.REQUIRED, true, false, HeaderOperators::ofTrailers));
    }
    all.put("PATH", new Entry(Parameters.OPTIONAL, true, true, HeaderOperators::path));
    all.put(
        "QUERY_PARAM", new Entry(Parameters.REQUIRED, true, true, HeaderOperators::queryParameter));
    all.put(
        "QUERY_PARAMS",
        new Entry(Parameters.OPTIONAL, true, true, HeaderOperators::queryParameters));
    all.put("METADATA", new Entry(Parameters.REQUIRED, true, true, MetadataOperators::compile));
    all.put(
        "DYNAMIC_METADATA", new Entry(Parameters.REQUIRED, true, true, MetadataOperators::compile));
    for (String name : List.of("CLUSTER_METADATA", "UPSTREAM_METADATA")) {
      all.put(name, new Entry(Parameters.REQUIRED, true, false, MetadataOperators::compile));
    }
    all.put(
        "FILTER_STATE", new Entry(Parameters.REQUIRED, true, true, MetadataOperators::filterState));
    all.put(
        "PER_REQUEST_STATE",
        new Entry(Parameters.REQUIRED, false, true, MetadataOperators::filterState));
    all.put("COALESCE", new Entry(Parameters.REQUIRED, true, true, CoalesceOperator::compile));
    all.put("ENVIRONMENT", new Entry(Parameters.REQUIRED, true, true, InfoOperators::environment));
    for (String name : List.of("START_TIME", "START_TIME_LOCAL", "EMIT_TIME", "EMIT_TIME_LOCAL")) {
      all.put(name, new Entry(Parameters.OPTIONAL, false, true, TimeFormat::operator));
    }
    all.put(
        "RESPONSE_CODE_DETAILS",
        new Entry(Parameters.OPTIONAL, false, true, InfoOperators::details));
    all.put("GRPC_STATUS", new Entry(Parameters.OPTIONAL, false, true, InfoOperators::grpcStatus));
    all.put(
        "REQUESTED_SERVER_NAME",
        new Entry(Parameters.OPTIONAL, false, true, InfoOperators::serverName));
    InfoOperators.CONSTANTS.forEach(
        (name, operator) ->
            all.put(name, new Entry(Parameters.NONE, false, true, arguments -> operator)));
    withoutValue(all);
    return all;
  }

  private static void withoutValue(Map<String, Entry> all) {
    Compiler nothing = arguments -> context -> null;
    for (String name : OperatorsWithoutValue.NO_ARGUMENTS) {
      all.put(name, new Entry(Parameters.NONE, false, false, nothing));
    }
    for (String name : OperatorsWithoutValue.OPTIONAL_ARGUMENTS) {
      all.put(name, new Entry(Parameters.OPTIONAL, false, false, nothing));
    }
    for (String name : OperatorsWithoutValue.CALLER_ADDRESS) {
      all.put(name, new Entry(Parameters.OPTIONAL, false, false, FormatTable::callerAddress));
    }
    for (String name : List.of("CEL", "TYPED_CEL", "UPSTREAM_FILTER_STATE")) {
      all.put(name, new Entry(Parameters.REQUIRED, true, false, nothing));
    }
    all.put(
        "COMMON_DURATION",
        new Entry(Parameters.REQUIRED, false, false, FormatTable::commonDuration));
  }

  /** {@code DOWNSTREAM_REMOTE_ADDRESS_WITHOUT_PORT}; with a mask it has no value. */
  private static Operator callerAddress(Arguments arguments) {
    return arguments.text().isEmpty()
        ? context -> context.info.surroundings().callerAddress()
        : context -> null;
  }

  /** {@code COMMON_DURATION(START:END:ms|us|ns)}. */
  private static Operator commonDuration(Arguments arguments) {
    String[] words = arguments.text().split(":", -1);
    if (words.length < 2) {
      throw arguments.refused("which is START:END:UNIT");
    }
    arguments.oneOf(words.length > 2 ? words[2] : "", "ms", "us", "ns");
    return context -> null;
  }
}
