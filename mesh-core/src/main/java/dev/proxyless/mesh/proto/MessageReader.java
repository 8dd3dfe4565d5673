package dev.proxyless.mesh.proto;

import java.io.ByteArrayOutputStream;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Reads a message from its bytes, led by the table: a field that is rejected ends the reading, one
 * that does not act becomes a finding and is not opened.
 *
 * <p>Presence follows proto3: a field that stands several times is merged if it is a message, else
 * the last one wins; so does the last field of a oneof.
 */
public final class MessageReader {

  /** The nesting that protobuf's own parsers allow by default. */
  private static final int MAX_DEPTH = 100;

  private final Findings findings;

  private MessageReader(Findings findings) {
    this.findings = findings;
  }

  /**
   * Reads a message.
   *
   * @param path the path that complaints and findings begin with; empty for a resource's root
   * @throws InvalidMessageException if the bytes are malformed or set a rejected field
   */
  public static Message read(MessageType type, byte[] bytes, String path, Findings findings) {
    return new MessageReader(findings).message(type, new WireReader(bytes, path), path, 0);
  }

  private Message message(MessageType type, WireReader in, String path, int depth) {
    if (depth > MAX_DEPTH) {
      throw in.malformed("nested deeper than " + MAX_DEPTH + " messages");
    }
    Map<String, Object> values = new LinkedHashMap<>();
    Map<String, ByteArrayOutputStream> messages = new LinkedHashMap<>();
    for (int number = in.nextField(); number != 0; number = in.nextField()) {
      Field field = type.byNumber(number);
      if (field == null) {
        findings.report(
            join(path, "#" + number), "field " + number + " of " + type + " is unknown");
        in.skip();
        continue;
      }
      clearOneof(type, field, values, messages);
      if (field.kind().isMessage() && !field.repeated() && !field.map()) {
        messages
            .computeIfAbsent(field.name(), none -> new ByteArrayOutputStream())
            .writeBytes(in.bytes());
      } else {
        read(field, in, path, depth, values);
      }
    }
    values.entrySet().removeIf(each -> type.field(each.getKey()).isUnset(each.getValue()));
    messages.forEach(
        (name, bytes) ->
            values.put(
                name, nested(type.field(name), bytes.toByteArray(), join(path, name), depth)));
    for (String name : values.keySet()) {
      FieldStates.check(type.field(name), values.get(name), join(path, name), findings);
    }
    return new Message(type, path, values);
  }

  @SuppressWarnings("unchecked") // a field is repeated, or a map, in all its occurrences
  private void read(
      Field field, WireReader in, String path, int depth, Map<String, Object> values) {
    String name = field.name();
    String at = join(path, name);
    if (field.map()) {
      Map<String, Object> map =
          (Map<String, Object>) values.computeIfAbsent(name, none -> new LinkedHashMap<>());
      entry(field, in.nested(), at, depth, map);
    } else if (field.repeated()) {
      List<Object> list = (List<Object>) values.computeIfAbsent(name, none -> new ArrayList<>());
      if (field.kind().isVarint() && in.wireType() == WireReader.LENGTH) {
        for (WireReader packed = in.nested(); !packed.atEnd(); ) {
          list.add(scalar(field, packed.rawVarint()));
        }
      } else if (field.kind().isMessage()) {
        list.add(nested(field, in.bytes(), at + "[" + list.size() + "]", depth));
      } else {
        list.add(scalar(field, in));
      }
    } else {
      values.put(name, scalar(field, in));
    }
  }

  /** A map's entry: key in field 1, value in field 2; each may be left out where it is empty. */
  private void entry(Field field, WireReader in, String path, int depth, Map<String, Object> map) {
    String key = "";
    byte[] value = new byte[0];
    for (int number = in.nextField(); number != 0; number = in.nextField()) {
      switch (number) {
        case 1 -> key = in.string();
        case 2 -> value = in.bytes();
        default -> in.skip();
      }
    }
    map.put(key, nested(field, value, path + "[\"" + key + "\"]", depth));
  }

  /** A value of a kind that is a message on the wire. */
  private Object nested(Field field, byte[] bytes, String path, int depth) {
    WireReader in = new WireReader(bytes, path);
    return switch (field.kind()) {
      case BOOL_VALUE -> wrapped(in) != 0;
      case UINT32_VALUE -> wrapped(in) & 0xffff_ffffL;
      case UINT64_VALUE -> wrapped(in);
      case DURATION -> duration(in, path);
      case STRUCT -> Structs.read(in, depth);
      case ANY -> any(in, path);
      default -> {
        MessageType type = FieldTable.xds().find(field.typeName()).orElse(null);
        yield type == null || field.state() != FieldState.ACTS
            ? new Opaque(bytes)
            : message(type, in, path, depth + 1);
      }
    };
  }

  private static AnyMessage any(WireReader in, String path) {
    String typeUrl = "";
    byte[] bytes = new byte[0];
    for (int number = in.nextField(); number != 0; number = in.nextField()) {
      switch (number) {
        case 1 -> typeUrl = in.string();
        case 2 -> bytes = in.bytes();
        default -> in.skip();
      }
    }
    return new AnyMessage(path, typeUrl, bytes, null);
  }

  private static Duration duration(WireReader in, String path) {
    long seconds = 0;
    int nanos = 0;
    for (int number = in.nextField(); number != 0; number = in.nextField()) {
      switch (number) {
        case 1 -> seconds = in.varint();
        case 2 -> nanos = (int) in.varint();
        default -> in.skip();
      }
    }
    return Durations.of(seconds, nanos, path);
  }

  /** The wrappers BoolValue, UInt32Value and UInt64Value have their value in field 1. */
  private static long wrapped(WireReader in) {
    long value = 0;
    for (int number = in.nextField(); number != 0; number = in.nextField()) {
      if (number == 1) {
        value = in.varint();
      } else {
        in.skip();
      }
    }
    return value;
  }

  private static Object scalar(Field field, WireReader in) {
    return switch (field.kind()) {
      case STRING -> in.string();
      case BYTES -> in.bytes();
      case DOUBLE -> in.float64();
      default -> scalar(field, in.varint());
    };
  }

  private static Object scalar(Field field, long varint) {
    return switch (field.kind()) {
      case BOOL -> varint != 0;
      case UINT32 -> varint & 0xffff_ffffL;
      case INT32, ENUM -> (long) (int) varint;
      default -> varint;
    };
  }

  private static void clearOneof(
      MessageType type, Field field, Map<String, Object> values, Map<String, ?> pending) {
    if (field.oneof() != null) {
      for (Field other : type.fields()) {
        if (other.number() != field.number() && field.oneof().equals(other.oneof())) {
          values.remove(other.name());
          pending.remove(other.name());
        }
      }
    }
  }

  static String join(String path, String name) {
    return path.isEmpty() ? name : path + "." + name;
  }
}
