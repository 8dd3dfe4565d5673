package dev.proxyless.mesh.proto;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.protobuf.Descriptors.Descriptor;
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

  @Test
  void everyFieldOfTheTableIsThatOfTheOfficialApi() {
    List<String> differences = new ArrayList<>();
    for (MessageType type : FieldTable.xds().types()) {
      Descriptor official = OfficialApi.descriptor(type.name());
      for (Field field : type.fields()) {
        FieldDescriptor expected = official.findFieldByNumber(field.number());
        String found = describe(field);
        String right = expected == null ? "no such field" : describe(expected);
        if (!found.equals(right)) {
          differences.add(type + ": the table has " + found + ", the API " + right);
        }
      }
    }
    assertEquals(List.of(), differences);
  }

  @Test
  void noFieldOfTheOfficialApiIsLeftOut() {
    List<String> missing = new ArrayList<>();
    for (MessageType type : FieldTable.xds().types()) {
      for (FieldDescriptor field : OfficialApi.descriptor(type.name()).getFields()) {
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
    for (MessageType type : FieldTable.xds().types()) {
      for (FieldDescriptor field : OfficialApi.descriptor(type.name()).getFields()) {
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
