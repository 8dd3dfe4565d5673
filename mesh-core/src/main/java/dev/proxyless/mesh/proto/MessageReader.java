package dev.proxyless.mesh.proto;

import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

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
    Map<String, byte[]> pending = new LinkedHashMap<>();
    for (int number = in.nextField(); number != 0; number = in.nextField()) {
      Field field = type.byNumber(number);
      if (field == null) {
        findings.report(
            join(path, "#" + number), "field " + number + " of " + type + " is unknown");
        in.skip();
        continue;
      }
      clearOneof(type, field, values, pending);
      if (field.kind() == Kind.MESSAGE && !field.repeated() && !field.map()) {
        pending.merge(field.name(), in.bytes(), MessageReader::concatenate);
        values.putIfAbsent(field.name(), Opaque.NOT_OPENED);
      } else {
        read(field, in, path, depth, values);
      }
    }
    open(type, pending, path, depth, values);
    for (String name : values.keySet()) {
      FieldStates.check(type.field(name), values.get(name), join(path, name), findings);
    }
    return new Message(type, path, values);
  }

  private void open(
      MessageType type,
      Map<String, byte[]> pending,
      String path,
      int depth,
      Map<String, Object> values) {
    pending.forEach(
        (name, bytes) ->
            values.put(name, nested(type.field(name), bytes, join(path, name), depth)));
  }

  @SuppressWarnings("unchecked") // a field is repeated, or a map, in all its occurrences
  private void read(
      Field field, WireReader in, String path, int depth, Map<String, Object> values) {
    String name = field.name();
    if (field.map()) {
      Map<String, Object> map =
          (Map<String, Object>) values.computeIfAbsent(name, none -> new LinkedHashMap<>());
      entry(field, in.nested(), join(path, name), depth, map);
    } else if (field.repeated()) {
      List<Object> list = (List<Object>) values.computeIfAbsent(name, none -> new ArrayList<>());
      if (field.kind().isVarint() && in.wireType() == WireReader.LENGTH) {
        for (WireReader packed = in.nested(); !packed.atEnd(); ) {
          list.add(scalar(field, packed.varint()));
        }
      } else {
        list.add(value(field, in, join(path, name) + "[" + list.size() + "]", depth));
      }
    } else {
      values.put(name, value(field, in, join(path, name), depth));
    }
  }

  private Object value(Field field, WireReader in, String path, int depth) {
    return switch (field.kind()) {
      case STRING -> in.string();
      case BYTES -> in.bytes();
      case DOUBLE -> Double.longBitsToDouble(expect(in, WireReader.FIXED64).fixed64());
      case BOOL_VALUE -> wrapped(in) != 0;
      case UINT32_VALUE -> wrapped(in) & 0xffff_ffffL;
      case UINT64_VALUE -> wrapped(in);
      case DURATION -> duration(in.nested(), path);
      case STRUCT -> Structs.read(in.nested(), depth);
      case ANY -> any(in.nested(), path);
      case MESSAGE -> nested(field, in.bytes(), path, depth);
      default -> scalar(field, expect(in, WireReader.VARINT).varint());
    };
  }

  private Object nested(Field field, byte[] bytes, String path, int depth) {
    MessageType type = FieldTable.xds().find(field.typeName()).orElse(null);
    if (type == null || field.state() != FieldState.ACTS) {
      return new Opaque(bytes);
    }
    return message(type, new WireReader(bytes, path), path, depth + 1);
  }

  private void entry(Field field, WireReader in, String path, int depth, Map<String, Object> map) {
    String key = "";
    @Nullable Object value = null;
    for (int number = in.nextField(); number != 0; number = in.nextField()) {
      switch (number) {
        case 1 -> key = in.string();
        case 2 -> value = value(field, in, path + "[\"" + key + "\"]", depth);
        default -> in.skip();
      }
    }
    if (value != null) {
      map.put(key, value);
    }
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
    long nanos = 0;
    for (int number = in.nextField(); number != 0; number = in.nextField()) {
      switch (number) {
        case 1 -> seconds = in.varint();
        case 2 -> nanos = in.varint();
        default -> in.skip();
      }
    }
    return Durations.of(seconds, nanos, path);
  }

  /** The wrappers BoolValue, UInt32Value and UInt64Value have their value in field 1. */
  private static long wrapped(WireReader outer) {
    WireReader in = outer.nested();
    long value = 0;
    for (int number = in.nextField(); number != 0; number = in.nextField()) {
      if (number == 1 && in.wireType() == WireReader.VARINT) {
        value = in.varint();
      } else {
        in.skip();
      }
    }
    return value;
  }

  private static Object scalar(Field field, long varint) {
    return switch (field.kind()) {
      case BOOL -> varint != 0;
      case UINT32 -> varint & 0xffff_ffffL;
      case INT32, ENUM -> (long) (int) varint;
      default -> varint;
    };
  }

  private static WireReader expect(WireReader in, int wireType) {
    if (in.wireType() != wireType) {
      throw in.malformed("wire type " + wireType + " was expected, " + in.wireType() + " found");
    }
    return in;
  }

  private static void clearOneof(
      MessageType type, Field field, Map<String, Object> values, Map<String, byte[]> pending) {
    if (field.oneof() != null) {
      for (Field other : type.fields()) {
        if (other.number() != field.number() && field.oneof().equals(other.oneof())) {
          values.remove(other.name());
          pending.remove(other.name());
        }
      }
    }
  }

  private static byte[] concatenate(byte[] first, byte[] second) {
    byte[] both = java.util.Arrays.copyOf(first, first.length + second.length);
    System.arraycopy(second, 0, both, first.length, second.length);
    return both;
  }

  static String join(String path, String name) {
    return path.isEmpty() ? name : path + "." + name;
  }
}
