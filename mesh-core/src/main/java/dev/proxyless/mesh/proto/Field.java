package dev.proxyless.mesh.proto;

import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A field of an xDS message, as {@link FieldTable} lists it.
 *
 * @param number the field's number on the wire
 * @param name the field's name, in snake case
 * @param state what this library does with it
 * @param kind the kind of its values; of the map's values where {@code map}
 * @param typeName the full name of the message type where the kind is a message, else empty
 * @param repeated whether there can be several values
 * @param map whether it is a map from strings
 * @param oneof the group of which at most one field is set, or null
 * @param enumNumbers names and numbers of the enum's values, in order; empty for other kinds
 * @param note what a reader of {@code docs/supported.md} should know besides; may be empty
 */
public record Field(
    int number,
    String name,
    FieldState state,
    Kind kind,
    String typeName,
    boolean repeated,
    boolean map,
    @Nullable String oneof,
    Map<String, Integer> enumNumbers,
    String note) {

  String enumName(int value) {
    for (Map.Entry<String, Integer> each : enumNumbers.entrySet()) {
      if (each.getValue() == value) {
        return each.getKey();
      }
    }
    return Integer.toString(value);
  }

  boolean hasPresence() {
    return oneof != null || kind.isMessage();
  }

  /**
   * Whether a value says the same as none: the default of a field without presence, and a list or
   * map without items.
   */
  boolean isUnset(Object value) {
    if (map) {
      return ((Map<?, ?>) value).isEmpty();
    }
    if (repeated) {
      return ((List<?>) value).isEmpty();
    }
    if (hasPresence()) {
      return false;
    }
    return value.equals("")
        || value.equals(false)
        || (value instanceof Long number && number == 0)
        || (value instanceof Double number && Double.doubleToRawLongBits(number) == 0)
        || (value instanceof byte[] bytes && bytes.length == 0);
  }
}
