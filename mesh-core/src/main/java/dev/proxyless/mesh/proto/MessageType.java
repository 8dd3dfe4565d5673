package dev.proxyless.mesh.proto;

import java.util.Collection;
import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** A message type: its full name and its fields. */
public final class MessageType {

  private final String name;
  private final Map<Integer, Field> byNumber = new LinkedHashMap<>();
  private final Map<String, Field> byName = new HashMap<>();
  private final Map<String, Field> byJsonName = new HashMap<>();

  MessageType(String name, List<Field> fields) {
    this.name = name;
    for (Field field : fields) {
      byNumber.put(field.number(), field);
      byName.put(field.name(), field);
      byJsonName.put(camelCase(field.name()), field);
    }
  }

  /** The full name, such as {@code envoy.config.route.v3.Route}. */
  public String name() {
    return name;
  }

  /** The type URL under which the message travels in an Any. */
  public String typeUrl() {
    return AnyMessage.TYPE_URL_PREFIX + name;
  }

  /** All fields, in the order of their numbers. */
  public Collection<Field> fields() {
    return Collections.unmodifiableCollection(byNumber.values());
  }

  @Nullable Field byNumber(int number) {
    return byNumber.get(number);
  }

  /** A field by its name in either spelling that proto3 JSON allows. */
  @Nullable Field bySpelling(String spelling) {
    Field field = byName.get(spelling);
    return field != null ? field : byJsonName.get(spelling);
  }

  /** A field that the caller knows to be there. */
  Field field(String fieldName) {
    Field field = byName.get(fieldName);
    if (field == null) {
      throw new IllegalArgumentException(name + " has no field " + fieldName + " in the table");
    }
    return field;
  }

  /**
   * Applies the state of a field that a reader of its own met and passed over.
   *
   * @throws InvalidMessageException if the field is rejected
   */
  public void note(int number, String path, Findings findings) {
    Field field = byNumber.get(number);
    if (field == null) {
      String unknown = MessageReader.join(path, "#" + number);
      findings.report(unknown, "field " + number + " of " + name + " is unknown");
    } else {
      FieldStates.check(field, null, MessageReader.join(path, field.name()), findings);
    }
  }

  private static String camelCase(String snake) {
    StringBuilder camel = new StringBuilder();
    boolean upper = false;
    for (int i = 0; i < snake.length(); i++) {
      char c = snake.charAt(i);
      if (c == '_') {
        upper = true;
      } else {
        camel.append(upper ? Character.toUpperCase(c) : c);
        upper = false;
      }
    }
    return camel.toString();
  }

  @Override
  public String toString() {
    return name;
  }
}
