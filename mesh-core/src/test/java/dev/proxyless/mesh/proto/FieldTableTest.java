package dev.proxyless.mesh.proto;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.protobuf.Descriptors.EnumValueDescriptor;
import com.google.protobuf.Descriptors.FieldDescriptor;
import com.google.protobuf.Descriptors.OneofDescriptor;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Holds the table against the descriptors of the xDS API. */
final class FieldTableTest {

  private static final String NEWER =
      """
      envoy.config.core.v3.HttpProtocolOptions: 8 max_connection_duration_jitter envoy.type.v3.Percent with presence
      envoy.type.matcher.v3.AddressMatcher: 2 invert_match BOOL
      xds.type.matcher.v3.Matcher.OnMatch: 3 keep_matching BOOL
      envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager: 59 stream_flush_timeout DURATION with presence
      envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager: 60 forward_client_cert_matcher xds.type.matcher.v3.Matcher with presence
      envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager: 61 forward_proto_config envoy.extensions.filters.network.http_connection_manager.v3.ForwardProtoConfig with presence
      envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager: 62 drain_timeout_jitter envoy.type.v3.Percent with presence
      envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager: 63 record_route_resolution_stats BOOL
      envoy.extensions.filters.http.router.v3.Router: 10 reject_connect_request_early_data BOOL_VALUE with presence
      envoy.config.route.v3.RouteConfiguration: 18 vhost_header STRING
      envoy.config.route.v3.RouteConfiguration: 19 route_specifiers repeated envoy.config.core.v3.TypedExtensionConfig
      envoy.config.route.v3.VirtualHost: 25 request_body_buffer_limit UINT64_VALUE with presence
      envoy.config.route.v3.VirtualHost: 26 route_specifiers repeated envoy.config.core.v3.TypedExtensionConfig
      envoy.config.route.v3.Route: 20 request_body_buffer_limit UINT64_VALUE with presence
      envoy.config.route.v3.Route: 21 route_specifiers repeated envoy.config.core.v3.TypedExtensionConfig
      envoy.config.route.v3.RouteMatch: 17 cookies repeated envoy.config.route.v3.CookieMatcher
      envoy.config.route.v3.CookieMatcher: 1 name STRING
      envoy.config.route.v3.CookieMatcher: 2 string_match envoy.type.matcher.v3.StringMatcher with presence
      envoy.config.route.v3.CookieMatcher: 3 invert_match BOOL
      envoy.config.route.v3.RouteAction: 42 flush_timeout DURATION with presence
      envoy.config.route.v3.RouteAction: 44 host_rewrite STRING in host_rewrite_specifier with presence
      envoy.config.route.v3.RouteAction: 45 path_rewrite STRING
      envoy.config.route.v3.RouteAction.RequestMirrorPolicy: 7 request_headers_mutations repeated envoy.config.common.mutation_rules.v3.HeaderMutation
      envoy.config.route.v3.RouteAction.RequestMirrorPolicy: 8 host_rewrite_literal STRING
      envoy.config.route.v3.WeightedCluster: 5 use_hash_policy BOOL_VALUE in random_value_specifier with presence
      envoy.config.route.v3.RetryPolicy: 14 refresh_cluster_on_retry BOOL
      envoy.config.route.v3.RedirectAction: 10 path_rewrite STRING in path_rewrite_specifier with presence
      envoy.config.route.v3.DirectResponseAction: 3 body_format envoy.config.core.v3.SubstitutionFormatString with presence
      envoy.config.common.mutation_rules.v3.HeaderMutation: 3 remove_on_match envoy.config.common.mutation_rules.v3.HeaderMutation.RemoveOnMatch in action with presence
      envoy.config.common.mutation_rules.v3.HeaderMutation.RemoveOnMatch: 1 key_matcher envoy.type.matcher.v3.StringMatcher with presence
      envoy.config.cluster.v3.CircuitBreakers.Thresholds.RetryBudget: 3 budget_interval DURATION with presence
      """;

  @Test
  void everyFieldOfTheTableIsThatOfTheOfficialApi() {
    List<String> differences = new ArrayList<>();
    for (MessageType type : FieldTable.xds().types()) {
      for (Field field : type.fields()) {
        if (OfficialApi.isNewer(type, field)) {
          continue;
        }
        FieldDescriptor expected =
            OfficialApi.descriptor(type.name()).findFieldByNumber(field.number());
        String found = describe(field);
        String right = describe(expected);
        if (!found.equals(right)) {
          differences.add(type + ": the table has " + found + ", the API " + right);
        }
      }
    }
    assertEquals(List.of(), differences);
  }

  /** As the descriptors say that Envoy 1.40 carries in its binary. */
  @Test
  void whatIsNewerThanTheClassesOfTheApiStandsHereOnceMore() {
    List<String> newer = new ArrayList<>();
    for (MessageType type : FieldTable.xds().types()) {
      for (Field field : type.fields()) {
        if (OfficialApi.isNewer(type, field)) {
          newer.add(type + ": " + describe(field));
        }
      }
    }
    assertEquals(NEWER.lines().toList(), newer);
  }

  @Test
  void noFieldOfTheOfficialApiIsLeftOut() {
    List<String> missing = new ArrayList<>();
    for (String name : OfficialApi.types().toList()) {
      MessageType type = FieldTable.xds().type(name);
      for (FieldDescriptor field : OfficialApi.descriptor(name).getFields()) {
        if (type.byNumber(field.getNumber()) == null) {
          missing.add(type + ": " + describe(field));
        }
      }
    }
    assertEquals(List.of(), missing);
  }

  @Test
  void fieldsStandInTheOrderOfTheirNumbers() {
    for (MessageType type : FieldTable.xds().types()) {
      List<Integer> numbers = type.fields().stream().map(Field::number).toList();
      assertEquals(numbers.stream().sorted().distinct().toList(), numbers, type.name());
    }
  }

  /** What is not opened is not looked at, so nothing in it could act or be reported. */
  @Test
  void messagesThatActAreInTheTable() {
    List<String> closed = new ArrayList<>();
    for (MessageType type : FieldTable.xds().types()) {
      for (Field field : type.fields()) {
        if (field.state() == FieldState.ACTS
            && field.kind() == Kind.MESSAGE
            && FieldTable.xds().find(field.typeName()).isEmpty()) {
          closed.add(type + "." + field.name() + " is a " + field.typeName());
        }
      }
    }
    assertEquals(List.of(), closed);
  }

  @Test
  void aFieldIsFoundInBothSpellings() {
    MessageType route = FieldTable.xds().type("envoy.config.route.v3.RouteMatch");
    assertNotNull(route.bySpelling("path_separated_prefix"));
    assertEquals(
        route.bySpelling("path_separated_prefix"), route.bySpelling("pathSeparatedPrefix"));
  }

  /** Names with digits are where the mapping of names is easy to get wrong. */
  @Test
  void theJsonNamesAreThoseOfTheOfficialApi() {
    for (String name : OfficialApi.types().toList()) {
      MessageType type = FieldTable.xds().type(name);
      for (FieldDescriptor field : OfficialApi.descriptor(name).getFields()) {
        Field found = type.bySpelling(field.getJsonName());
        assertNotNull(found, () -> type + " has no " + field.getJsonName());
        assertEquals(field.getName(), found.name());
      }
    }
  }

  @Test
  void askingForAMessageOrFieldThatIsNotThereIsABugOfTheAsker() {
    assertThrows(IllegalArgumentException.class, () -> FieldTable.xds().type("envoy.Nothing"));
    Message match = Message.of("envoy.config.route.v3.RouteMatch", empty -> {});
    IllegalArgumentException typo =
        assertThrows(IllegalArgumentException.class, () -> match.string("prefx"));
    assertTrue(String.valueOf(typo.getMessage()).contains("prefx"), typo.getMessage());
  }

  private static String describe(Field field) {
    return field.number()
        + " "
        + field.name()
        + (field.repeated() ? " repeated " : " ")
        + (field.map() ? "map<string, " : "")
        + (field.kind() == Kind.ENUM ? "enum" + field.enumNumbers() : kind(field))
        + (field.map() ? ">" : "")
        + (field.oneof() == null ? "" : " in " + field.oneof())
        + (field.repeated() || field.map() || !field.hasPresence() ? "" : " with presence");
  }

  private static String kind(Field field) {
    return field.kind() == Kind.MESSAGE ? field.typeName() : field.kind().toString();
  }

  private static String describe(FieldDescriptor field) {
    OneofDescriptor oneof = field.getRealContainingOneof();
    FieldDescriptor value =
        field.isMapField() ? field.getMessageType().findFieldByNumber(2) : field;
    boolean stringKeys =
        !field.isMapField()
            || field.getMessageType().findFieldByNumber(1).getType() == FieldDescriptor.Type.STRING;
    return field.getNumber()
        + " "
        + field.getName()
        + (field.isRepeated() && !field.isMapField() ? " repeated " : " ")
        + (field.isMapField() ? (stringKeys ? "map<string, " : "map<other, ") : "")
        + kind(value)
        + (field.isMapField() ? ">" : "")
        + (oneof == null ? "" : " in " + oneof.getName())
        + (field.isRepeated() || !field.hasPresence() ? "" : " with presence");
  }

  private static String kind(FieldDescriptor field) {
    return switch (field.getType()) {
      case ENUM -> {
        Map<String, Integer> numbers = new LinkedHashMap<>();
        for (EnumValueDescriptor value : field.getEnumType().getValues()) {
          numbers.put(value.getName(), value.getNumber());
        }
        yield "enum" + numbers;
      }
      case MESSAGE ->
          switch (field.getMessageType().getFullName()) {
            case "google.protobuf.BoolValue" -> "BOOL_VALUE";
            case "google.protobuf.UInt32Value" -> "UINT32_VALUE";
            case "google.protobuf.UInt64Value" -> "UINT64_VALUE";
            case "google.protobuf.Duration" -> "DURATION";
            case "google.protobuf.Struct" -> "STRUCT";
            case "google.protobuf.Any" -> "ANY";
            default -> field.getMessageType().getFullName();
          };
      default -> field.getType().name();
    };
  }
}
