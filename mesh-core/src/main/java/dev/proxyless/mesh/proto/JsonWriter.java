package dev.proxyless.mesh.proto;

import java.time.Duration;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * A message as plain Java values in proto3's JSON mapping, with the field names of the xDS API.
 * Inline private keys and passwords are left out.
 */
public final class JsonWriter {

  private static final String REDACTED = "[redacted]";

  private JsonWriter() {}

  /** The message's fields, in the order of their numbers. */
  public static Map<String, Object> write(Message message) {
    Map<String, Object> json = new LinkedHashMap<>();
    for (Field field : message.type().fields()) {
      Object value = message.value(field.name());
      if (value != null) {
        json.put(field.name(), secret(field) ? redacted(value) : fieldValue(field, value));
      }
    }
    return json;
  }

  private static boolean secret(Field field) {
    return field.name().equals("private_key") || field.name().equals("password");
  }

  /** A file's name is no secret; what stands inline is. */
  private static Object redacted(Object value) {
    return value instanceof Message source
            && source.type().fields().size() > 1
            && source.has("filename")
        ? write(source)
        : REDACTED;
  }

  private static Object fieldValue(Field field, Object value) {
    if (field.map()) {
      Map<String, Object> map = new LinkedHashMap<>();
      ((Map<?, ?>) value).forEach((key, item) -> map.put((String) key, value(field, item)));
      return map;
    }
    if (field.repeated()) {
      return ((List<?>) value).stream().map(item -> value(field, item)).toList();
    }
    return value(field, value);
  }

  private static Object value(Field field, Object value) {
    return switch (field.kind()) {
      case DURATION -> Durations.print((Duration) value);
      case ENUM -> field.enumName((int) (long) (Long) value);
      case BYTES -> Base64.getEncoder().encodeToString((byte[]) value);
      case ANY -> any((AnyMessage) value);
      case MESSAGE -> value instanceof Message message ? write(message) : value.toString();
      default -> value;
    };
  }

  private static Map<String, Object> any(AnyMessage any) {
    Map<String, Object> json = new LinkedHashMap<>();
    json.put("@type", any.typeUrl());
    Message known = any.known();
    if (known == null && FieldTable.xds().find(any.typeName()).isPresent()) {
      known = any.unpack(new Findings());
    }
    if (known != null) {
      json.putAll(write(known));
    }
    return json;
  }
}
