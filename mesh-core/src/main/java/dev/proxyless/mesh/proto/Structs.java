package dev.proxyless.mesh.proto;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** {@code google.protobuf.Struct} as maps, lists, strings, doubles, booleans and null. */
final class Structs {

  private static final int MAX_DEPTH = 100;

  private Structs() {}

  static Map<String, @Nullable Object> read(WireReader in, int depth) {
    Map<String, @Nullable Object> struct = new LinkedHashMap<>();
    for (int number = in.nextField(); number != 0; number = in.nextField()) {
      if (number == 1) {
        entry(in.nested(), depth + 1, struct);
      } else {
        in.skip();
      }
    }
    return struct;
  }

  private static void entry(WireReader in, int depth, Map<String, @Nullable Object> struct) {
    String key = "";
    @Nullable Object value = null;
    for (int number = in.nextField(); number != 0; number = in.nextField()) {
      switch (number) {
        case 1 -> key = in.string();
        case 2 -> value = value(in.nested(), depth);
        default -> in.skip();
      }
    }
    struct.put(key, value);
  }

  private static @Nullable Object value(WireReader in, int depth) {
    if (depth > MAX_DEPTH) {
      throw in.malformed("a Struct is nested deeper than " + MAX_DEPTH);
    }
    @Nullable Object value = null;
    for (int number = in.nextField(); number != 0; number = in.nextField()) {
      switch (number) {
        case 1 -> {
          in.skip();
          value = null;
        }
        case 2 -> value = in.float64();
        case 3 -> value = in.string();
        case 4 -> value = in.varint() != 0;
        case 5 -> value = read(in.nested(), depth + 1);
        case 6 -> value = list(in.nested(), depth + 1);
        default -> in.skip();
      }
    }
    return value;
  }

  private static List<@Nullable Object> list(WireReader in, int depth) {
    List<@Nullable Object> list = new ArrayList<>();
    for (int number = in.nextField(); number != 0; number = in.nextField()) {
      if (number == 1) {
        list.add(value(in.nested(), depth));
      } else {
        in.skip();
      }
    }
    return list;
  }

  static byte[] write(Map<?, ?> struct) {
    WireWriter out = new WireWriter();
    Map<String, @Nullable Object> sorted = new TreeMap<>();
    struct.forEach((key, value) -> sorted.put(String.valueOf(key), value));
    sorted.forEach(
        (key, value) -> {
          WireWriter entry = new WireWriter();
          entry.stringField(1, key);
          entry.bytesField(2, value(value));
          out.bytesField(1, entry.toBytes());
        });
    return out.toBytes();
  }

  private static byte[] value(@Nullable Object value) {
    WireWriter out = new WireWriter();
    if (value == null) {
      out.varintField(1, 0);
    } else if (value instanceof Number number) {
      out.doubleField(2, number.doubleValue());
    } else if (value instanceof Boolean bool) {
      out.varintField(4, bool ? 1 : 0);
    } else if (value instanceof Map<?, ?> map) {
      out.bytesField(5, write(map));
    } else if (value instanceof Iterable<?> items) {
      WireWriter list = new WireWriter();
      items.forEach(item -> list.bytesField(1, value(item)));
      out.bytesField(6, list.toBytes());
    } else {
      out.stringField(3, value.toString());
    }
    return out.toBytes();
  }
}
