package dev.proxyless.mesh.proto;

import java.time.Duration;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * A message as plain Java values in proto3's JSON mapping, with the field names of the xDS API.
 * Inline private keys and passwords are left out. What an Any holds is shown as far as the table
 * knows its type, and a bounded number of Anys deep.
 */
public final class JsonWriter {

  private static final String REDACTED = "[redacted]";
  private static final Set<String> SECRETS = Set.of("private_key", "password", "pkcs12");
  private static final String FILE = "filename";

  /** An Any in an Any in an Any can go on for as long as a message is. */
  private static final int MAX_ANYS = 10;

  private JsonWriter() {}

  /** The message's fields, in the order of their numbers. */
  public static Map<String, Object> write(Message message) {
    return write(message, 0);
  }

  private static Map<String, Object> write(Message message, int anys) {
    Map<String, Object> json = new LinkedHashMap<>();
    for (Field field : message.type().fields()) {
      Object value = message.value(field.name());
      if (value != null) {
        json.put(
            field.name(),
            SECRETS.contains(field.name()) ? redacted(value) : fieldValue(field, value, anys));
      }
    }
    return json;
  }

  /** A file's name is no secret; what stands inline is. */
  private static Object redacted(Object value) {
    return value instanceof Message source && source.has(FILE)
        ? Map.of(FILE, source.string(FILE))
        : REDACTED;
  }

  private static Object fieldValue(Field field, Object value, int anys) {
    if (field.map()) {
      Map<String, Object> map = new LinkedHashMap<>();
      ((Map<?, ?>) value).forEach((key, item) -> map.put((String) key, value(field, item, anys)));
      return map;
    }
    if (field.repeated()) {
      return ((List<?>) value).stream().map(item -> value(field, item, anys)).toList();
    }
    return value(field, value, anys);
  }

  private static Object value(Field field, Object value, int anys) {
    return switch (field.kind()) {
      case DURATION -> Durations.print((Duration) value);
      case ENUM -> field.enumName((int) (long) (Long) value);
      case BYTES -> Base64.getEncoder().encodeToString((byte[]) value);
      case ANY -> any((AnyMessage) value, anys + 1);
      case MESSAGE -> value instanceof Message message ? write(message, anys) : value.toString();
      default -> value;
    };
  }

  private static Map<String, Object> any(AnyMessage any, int anys) {
    Map<String, Object> json = new LinkedHashMap<>();
    json.put("@type", any.typeUrl());
    Message known = any.known();
    if (known == null && anys <= MAX_ANYS && FieldTable.xds().find(any.typeName()).isPresent()) {
      known = any.unpack(new Findings());
    }
    if (known != null) {
      json.putAll(write(known, anys));
    }
    return json;
  }
}
