package dev.proxyless.mesh.proto;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/** Writes {@code docs/supported.md} from the table of fields. */
final class SupportedDoc {

  /** How the file is written again. */
  static final String COMMAND = "mvn -pl mesh-core test -Dtest=SupportedDocTest -Ddocs.write=true";

  private static final String SHARED = "Shared messages";

  /** Where each section begins; messages that travel in an Any begin of their own. */
  private static final Map<String, List<String>> SECTIONS = new LinkedHashMap<>();

  static {
    SECTIONS.put(
        "Listener",
        List.of(
            "envoy.config.listener.v3.Listener",
            "envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager",
            "envoy.extensions.filters.http.router.v3.Router",
            "envoy.extensions.filters.http.fault.v3.HTTPFault"));
    SECTIONS.put(
        "RouteConfiguration",
        List.of(
            "envoy.config.route.v3.RouteConfiguration",
            "envoy.config.route.v3.RouteList",
            "envoy.config.route.v3.FilterConfig",
            "envoy.type.matcher.v3.HttpRequestHeaderMatchInput",
            "envoy.extensions.retry.host.previous_hosts.v3.PreviousHostsPredicate",
            "envoy.extensions.retry.host.omit_canary_hosts.v3.OmitCanaryHostsPredicate",
            "envoy.extensions.retry.host.omit_host_metadata.v3.OmitHostMetadataConfig",
            "envoy.extensions.retry.priority.previous_priorities.v3.PreviousPrioritiesConfig",
            "envoy.extensions.path.match.uri_template.v3.UriTemplateMatchConfig",
            "envoy.extensions.path.rewrite.uri_template.v3.UriTemplateRewriteConfig",
            "envoy.extensions.internal_redirect.previous_routes.v3.PreviousRoutesConfig",
            "envoy.extensions.internal_redirect.allow_listed_routes.v3.AllowListedRoutesConfig",
            "envoy.extensions.internal_redirect.safe_cross_scheme.v3.SafeCrossSchemeConfig"));
    SECTIONS.put(
        "Cluster",
        List.of(
            "envoy.config.cluster.v3.Cluster",
            "envoy.extensions.upstreams.http.v3.HttpProtocolOptions"));
    SECTIONS.put(
        "ClusterLoadAssignment", List.of("envoy.config.endpoint.v3.ClusterLoadAssignment"));
    SECTIONS.put(
        "Transport sockets",
        List.of(
            "envoy.extensions.transport_sockets.tls.v3.UpstreamTlsContext",
            "envoy.extensions.transport_sockets.tls.v3.DownstreamTlsContext"));
    SECTIONS.put(
        "The stream",
        List.of(
            "envoy.service.discovery.v3.DiscoveryRequest",
            "envoy.service.discovery.v3.DiscoveryResponse",
            "envoy.service.discovery.v3.Resource"));
  }

  private final FieldTable table;
  private final StringBuilder out = new StringBuilder();

  private SupportedDoc(FieldTable table) {
    this.table = table;
  }

  static String of(FieldTable table) {
    return new SupportedDoc(table).write();
  }

  private String write() {
    Map<String, List<MessageType>> sections = sections();
    introduction();
    summary(sections);
    Set<String> opened = users(true).keySet();
    sections.forEach(
        (title, types) -> {
          line("");
          line("## " + title);
          types.forEach(type -> message(type, opened));
        });
    return out.toString();
  }

  private void introduction() {
    line("# Supported xDS fields");
    line("");
    line("<!-- Generated from the table of fields; edit that, not this file. To write it again:");
    line("     " + COMMAND + " -->");
    line("");
    line("What becomes of each field of an xDS v3 resource. The table that this file is");
    line("generated from is the one that the decoder follows, for bytes and JSON alike.");
    line("");
    line("| State | When a resource sets the field |");
    line("| --- | --- |");
    line("| **acts** | it does what Envoy's documentation says, but for what its note says |");
    line("| reported | the resource is used, and its status names the field as unsupported |");
    line(
        "| **rejected** | the resource is refused: without the field it would mean something else,"
            + " or something less safe. The one before stays in force |");
    line(
        "| inert | nothing, and nothing is missed: it tunes or describes a proxy's own sockets, or"
            + " its note says why |");
    line("");
    line("A field that is set to `false` where it is off anyway, or a limit to 2147483647 or");
    line("more, is as good as not set. A message in a field that does not act is not opened, so");
    line("nothing within it is reported or rejected by itself. A field whose number is unknown");
    line("is reported in bytes and refuses a resource in JSON or YAML. An unknown value of an");
    line("enum that acts refuses the resource. A message of a type that does not stand here");
    line("does not act. Where Envoy is followed with a difference, `differences.md` says which.");
    line("");
  }

  private void summary(Map<String, List<MessageType>> sections) {
    line("| Section | acts | reported | rejected | inert |");
    line("| --- | ---: | ---: | ---: | ---: |");
    sections.forEach(
        (title, types) -> {
          StringBuilder row = new StringBuilder("| [" + title + "](#" + anchor(title) + ") |");
          for (FieldState state : FieldState.values()) {
            long count =
                types.stream()
                    .flatMap(type -> type.fields().stream())
                    .filter(field -> field.state() == state)
                    .count();
            row.append(' ').append(count).append(" |");
          }
          line(row.toString());
        });
  }

  private void message(MessageType type, Set<String> opened) {
    line("");
    line("### " + type.name());
    line("");
    if (!opened.contains(type.name())) {
      line("Not opened: no field that acts holds it. Our own control plane writes it.");
      line("");
    }
    if (type.fields().isEmpty()) {
      line("Has no fields; that it is there says all.");
      return;
    }
    line("| Field | Type | State | Note |");
    line("| --- | --- | --- | --- |");
    for (Field field : type.fields()) {
      line(
          "| `%s` | %s | %s | %s |"
              .formatted(field.name(), kind(field), state(field.state()), note(field))
              .replace("|  |", "| |"));
    }
  }

  private static String state(FieldState state) {
    return switch (state) {
      case ACTS, REJECTED -> "**" + state.word() + "**";
      case REPORTED, INERT -> state.word();
    };
  }

  private String kind(Field field) {
    String kind =
        switch (field.kind()) {
          case ENUM -> "enum";
          case MESSAGE -> messageType(field.typeName());
          case BOOL_VALUE -> "BoolValue";
          case UINT32_VALUE -> "UInt32Value";
          case UINT64_VALUE -> "UInt64Value";
          case DURATION -> "Duration";
          case STRUCT -> "Struct";
          case ANY -> "Any";
          default -> field.kind().name().toLowerCase(Locale.ROOT);
        };
    return (field.repeated() ? "repeated " : "") + (field.map() ? "map of " + kind : kind);
  }

  private String messageType(String name) {
    String simple = name.substring(name.lastIndexOf('.') + 1);
    return table.find(name).isPresent() ? "[" + simple + "](#" + anchor(name) + ")" : simple;
  }

  private static String note(Field field) {
    List<String> parts = new ArrayList<>();
    if (field.kind() == Kind.ENUM && field.state() == FieldState.ACTS) {
      parts.add("`" + String.join("`, `", field.enumNumbers().keySet()) + "`");
    }
    if (!field.note().isEmpty()) {
      parts.add(field.note());
    }
    return String.join("; ", parts);
  }

  /** The anchor that a heading has on the usual sites. */
  private static String anchor(String heading) {
    return heading.toLowerCase(Locale.ROOT).replace(' ', '-').replaceAll("[^a-z0-9_-]", "");
  }

  /** Messages by section, in the order of the table; what several sections use stands last. */
  private Map<String, List<MessageType>> sections() {
    Map<String, Set<String>> opening = users(true);
    Map<String, Set<String>> holding = users(false);
    Map<String, List<MessageType>> sections = new LinkedHashMap<>();
    SECTIONS.keySet().forEach(title -> sections.put(title, new ArrayList<>()));
    sections.put(SHARED, new ArrayList<>());
    for (MessageType type : table.types()) {
      Set<String> titles = opening.getOrDefault(type.name(), holding.get(type.name()));
      if (titles == null) {
        throw new IllegalStateException("no section of supported.md leads to " + type);
      }
      sections.get(titles.size() == 1 ? titles.iterator().next() : SHARED).add(type);
    }
    return sections;
  }

  /** The sections from which each message is reached. */
  private Map<String, Set<String>> users(boolean opened) {
    Map<String, Set<String>> users = new TreeMap<>();
    SECTIONS.forEach(
        (title, roots) -> {
          Set<String> reached = new LinkedHashSet<>();
          roots.forEach(root -> reach(root, reached, opened));
          reached.forEach(
              name -> users.computeIfAbsent(name, none -> new LinkedHashSet<>()).add(title));
        });
    return users;
  }

  private void reach(String name, Set<String> reached, boolean opened) {
    MessageType type = table.find(name).orElse(null);
    if (type == null || !reached.add(name)) {
      return;
    }
    for (Field field : type.fields()) {
      if (field.kind() == Kind.MESSAGE
          && !isRoot(field.typeName())
          && (!opened || field.state() == FieldState.ACTS)) {
        reach(field.typeName(), reached, opened);
      }
    }
  }

  private static boolean isRoot(String name) {
    return SECTIONS.values().stream().anyMatch(roots -> roots.contains(name));
  }

  private void line(String text) {
    out.append(text).append('\n');
  }
}
