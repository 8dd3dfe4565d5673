package dev.proxyless.mesh.proto;

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
    Map<String, Integer> enumNumbers) {

  String enumName(int value) {
    for (Map.Entry<String, Integer> each : enumNumbers.entrySet()) {
      if (each.getValue() == value) {
        return each.getKey();
      }
    }
    return Integer.toString(value);
  }

  boolean hasPresence() {
    return oneof != null || kind.hasPresence();
  }
}
