package dev.proxyless.mesh.proto;

import dev.proxyless.mesh.document.DocumentException;
import dev.proxyless.mesh.document.Json;
import dev.proxyless.mesh.document.Node;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Reads a message from YAML or JSON, in the mapping that proto3 defines: both spellings of a
 * field's name, durations such as {@code "1.5s"}, enums by name or number, 64-bit numbers in
 * quotes, bytes in base64, and an Any by its {@code @type}. As Envoy does, it also takes truth
 * values in quotes, enums in any case, and wrappers and durations as maps of their messages'
 * fields.
 *
 * <p>Unlike bytes, text may not set two fields of a oneof, nor a field that the table does not
 * have. A complaint names the file and line besides the field.
 */
public final class JsonReader {

  private final Findings findings;

  private JsonReader(Findings findings) {
    this.findings = findings;
  }

  /**
   * Reads a message.
   *
   * @throws InvalidMessageException if a value is not of its field's kind or a rejected field is
   *     set
   */
  public static Message read(MessageType type, Node node, Findings findings) {
    return new JsonReader(findings).message(type, node, "", false);
  }

  /** Reads a message that may say its type by {@code @type}, which is the caller's to look at. */
  public static Message readTyped(MessageType type, Node node, Findings findings) {
    return new JsonReader(findings).message(type, node, "", true);
  }

  private Message message(MessageType type, Node node, String path, boolean inAny) {
    if (!node.isMap()) {
      throw wrong(node, path, "a map of the fields of " + type);
    }
    Map<String, Object> values = new LinkedHashMap<>();
    Map<String, String> oneofs = new LinkedHashMap<>();
    node.fields()
        .forEach(
            (spelling, value) -> {
              if (value.isNull() || (inAny && spelling.equals("@type"))) {
                return;
              }
              Field field = type.bySpelling(spelling);
              String at = MessageReader.join(path, spelling);
              if (field == null) {
                throw new InvalidMessageException(
                    at, "is no field of " + type + " (" + value.where() + ")");
              }
              if (field.oneof() != null) {
                String other = oneofs.put(field.oneof(), field.name());
                if (other != null) {
                  throw new InvalidMessageException(
                      at, "excludes " + other + ", which is set too (" + value.where() + ")");
                }
              }
              put(field, value, at, values);
            });
    return new Message(type, path, values);
  }

  private void put(Field field, Node node, String path, Map<String, Object> values) {
    Object value;
    try {
      value = fieldValue(field, node, path);
    } catch (DocumentException wrong) {
      throw new InvalidMessageException(path, wrong);
    }
    if (!field.isUnset(value)) {
      FieldStates.check(field, value, path, findings);
      values.put(field.name(), value);
    }
  }

  private Object fieldValue(Field field, Node node, String path) {
    if (field.map()) {
      Map<String, Object> map = new LinkedHashMap<>();
      node.fields()
          .forEach((key, item) -> map.put(key, value(field, item, path + "[\"" + key + "\"]")));
      return map;
    }
    if (field.repeated()) {
      List<Object> list = new ArrayList<>();
      node.items().forEach(item -> list.add(value(field, item, path + "[" + list.size() + "]")));
      return list;
    }
    return value(field, node, path);
  }

  private Object value(Field field, Node node, String path) {
    return switch (field.kind()) {
      case STRING -> node.text();
      case BYTES -> base64(node, path);
      case BOOL -> bool(node);
      case BOOL_VALUE -> bool(unwrapped(node));
      case UINT32 -> node.integer(0, 0xffff_ffffL);
      case UINT32_VALUE -> unwrapped(node).integer(0, 0xffff_ffffL);
      case INT32 -> node.integer(Integer.MIN_VALUE, Integer.MAX_VALUE);
      case INT64 -> node.integer(Long.MIN_VALUE, Long.MAX_VALUE);
      case UINT64 -> unsigned(node);
      case UINT64_VALUE -> unsigned(unwrapped(node));
      case DOUBLE -> number(node, path);
      case ENUM -> enumNumber(field, node, path);
      case DURATION -> duration(node, path);
      case STRUCT -> struct(node);
      case ANY -> any(node, path);
      case MESSAGE -> nested(field, node, path);
    };
  }

  private Object nested(Field field, Node node, String path) {
    MessageType type = FieldTable.xds().find(field.typeName()).orElse(null);
    if (type == null || field.state() != FieldState.ACTS) {
      return Opaque.NOT_OPENED;
    }
    return message(type, node, path, false);
  }

  private AnyMessage any(Node node, String path) {
    String typeUrl = node.required("@type").name();
    AnyMessage unknown = AnyMessage.ofJson(path, typeUrl, Json.line(node.plain()));
    MessageType type = FieldTable.xds().find(unknown.typeName()).orElse(null);
    return type == null
        ? unknown
        : new AnyMessage(path, typeUrl, null, message(type, node, path, true));
  }

  private static boolean bool(Node node) {
    if (node.isText() && (node.text().equals("true") || node.text().equals("false"))) {
      return node.text().equals("true");
    }
    return node.bool();
  }

  /** The value of a wrapper that is written as the map {@code {value: …}}. */
  private static Node unwrapped(Node node) {
    return node.isMap() && node.fields().keySet().equals(Set.of("value"))
        ? node.required("value")
        : node;
  }

  /** A text such as {@code 1.5s}, or a map of seconds and nanos. */
  private static Duration duration(Node node, String path) {
    if (!node.isMap()) {
      return Durations.parse(node.text(), path);
    }
    node.fields()
        .forEach(
            (name, field) -> {
              if (!name.equals("seconds") && !name.equals("nanos")) {
                throw field.error("is no field of a duration", "seconds and nanos, or \"1.5s\"");
              }
            });
    long seconds =
        node.find("seconds").map(each -> each.integer(Long.MIN_VALUE, Long.MAX_VALUE)).orElse(0L);
    long nanos =
        node.find("nanos")
            .map(each -> each.integer(Integer.MIN_VALUE, Integer.MAX_VALUE))
            .orElse(0L);
    return Durations.of(seconds, (int) nanos, path);
  }

  /** A number, or a text of one, or of what JSON has no numbers for. */
  private static double number(Node node, String path) {
    if (!node.isText()) {
      return node.number();
    }
    try {
      return Double.parseDouble(node.text());
    } catch (NumberFormatException notANumber) {
      throw wrong(node, path, "a number");
    }
  }

  /** The bits of an unsigned number; those beyond 63 bits come in quotes. */
  private static long unsigned(Node node) {
    if (node.isText()) {
      try {
        return Long.parseUnsignedLong(node.text());
      } catch (NumberFormatException notUnsigned) {
        return node.integer(0, Long.MAX_VALUE); // complains
      }
    }
    return node.integer(0, Long.MAX_VALUE);
  }

  private static Object enumNumber(Field field, Node node, String path) {
    if (!node.isText()) {
      return node.integer(Integer.MIN_VALUE, Integer.MAX_VALUE);
    }
    for (Map.Entry<String, Integer> each : field.enumNumbers().entrySet()) {
      if (each.getKey().equalsIgnoreCase(node.text())) {
        return (long) each.getValue();
      }
    }
    throw wrong(node, path, "one of " + String.join(", ", field.enumNumbers().keySet()));
  }

  private static byte[] base64(Node node, String path) {
    try {
      return Base64.getDecoder().decode(node.text().replace('-', '+').replace('_', '/'));
    } catch (IllegalArgumentException notBase64) {
      throw new InvalidMessageException(path, "is not base64 (" + node.where() + ")");
    }
  }

  private static Map<String, @Nullable Object> struct(Node node) {
    Map<String, @Nullable Object> struct = new LinkedHashMap<>();
    node.fields().forEach((key, item) -> struct.put(key, structValue(item)));
    return struct;
  }

  /** All numbers of a Struct are doubles. */
  private static @Nullable Object structValue(Node node) {
    if (node.isMap()) {
      return struct(node);
    }
    if (node.isList()) {
      List<@Nullable Object> list = new ArrayList<>();
      node.items().forEach(item -> list.add(structValue(item)));
      return list;
    }
    return node.plain() instanceof Number number ? (Object) number.doubleValue() : node.plain();
  }

  private static InvalidMessageException wrong(Node node, String path, String right) {
    return new InvalidMessageException(
        path, "is not usable here; right would be " + right + " (" + node.where() + ")");
  }
}
