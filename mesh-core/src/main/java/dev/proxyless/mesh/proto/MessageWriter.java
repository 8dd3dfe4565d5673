package dev.proxyless.mesh.proto;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Writes a message as bytes: fields by number, map entries by key, so that equal messages are
 * equal.
 */
final class MessageWriter {

  private MessageWriter() {}

  static byte[] write(Message message) {
    WireWriter out = new WireWriter();
    for (Field field : message.type().fields()) {
      @Nullable Object value = message.value(field.name());
      if (value == null || field.isUnset(value)) {
        continue;
      }
      if (field.map()) {
        new TreeMap<>((Map<?, ?>) value)
            .forEach((key, item) -> entry(out, field, (String) key, item));
      } else if (field.repeated()) {
        repeated(out, field, (List<?>) value);
      } else {
        value(out, field.number(), field.kind(), value);
      }
    }
    return out.toBytes();
  }

  private static void repeated(WireWriter out, Field field, List<?> items) {
    if (field.kind().isVarint()) {
      WireWriter packed = new WireWriter();
      items.forEach(item -> packed.varint(varint(item)));
      out.bytesField(field.number(), packed.toBytes());
    } else {
      items.forEach(item -> value(out, field.number(), field.kind(), item));
    }
  }

  private static void entry(WireWriter out, Field field, String key, Object item) {
    WireWriter entry = new WireWriter();
    entry.stringField(1, key);
    value(entry, 2, field.kind(), item);
    out.bytesField(field.number(), entry.toBytes());
  }

  private static void value(WireWriter out, int number, Kind kind, Object value) {
    switch (kind) {
      case STRING -> out.stringField(number, (String) value);
      case BYTES -> out.bytesField(number, (byte[]) value);
      case BOOL, INT32, INT64, UINT32, UINT64, ENUM -> out.varintField(number, varint(value));
      case DOUBLE -> out.doubleField(number, ((Number) value).doubleValue());
      case BOOL_VALUE, UINT32_VALUE, UINT64_VALUE -> out.bytesField(number, wrapped(varint(value)));
      case DURATION -> out.bytesField(number, duration((Duration) value));
      case STRUCT -> out.bytesField(number, Structs.write((Map<?, ?>) value));
      case ANY -> out.bytesField(number, any((AnyMessage) value));
      case MESSAGE -> out.bytesField(number, nested(value));
    }
  }

  private static byte[] nested(Object value) {
    return value instanceof Opaque opaque ? opaque.bytes() : write((Message) value);
  }

  private static byte[] any(AnyMessage any) {
    WireWriter out = new WireWriter();
    if (!any.typeUrl().isEmpty()) {
      out.stringField(1, any.typeUrl());
    }
    byte[] bytes = any.bytes();
    if (bytes.length > 0) {
      out.bytesField(2, bytes);
    }
    return out.toBytes();
  }

  private static byte[] wrapped(long value) {
    WireWriter out = new WireWriter();
    if (value != 0) {
      out.varintField(1, value);
    }
    return out.toBytes();
  }

  private static byte[] duration(Duration duration) {
    long seconds = duration.getSeconds();
    long nanos = duration.getNano();
    if (seconds < 0 && nanos > 0) { // protobuf gives both the same sign, Duration does not
      seconds++;
      nanos -= 1_000_000_000L;
    }
    WireWriter out = new WireWriter();
    if (seconds != 0) {
      out.varintField(1, seconds);
    }
    if (nanos != 0) {
      out.varintField(2, nanos);
    }
    return out.toBytes();
  }

  private static long varint(Object value) {
    return value instanceof Boolean bool ? (bool ? 1 : 0) : ((Number) value).longValue();
  }
}
