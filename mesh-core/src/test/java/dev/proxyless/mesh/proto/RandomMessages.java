package dev.proxyless.mesh.proto;

import com.google.protobuf.ByteString;
import com.google.protobuf.Descriptors.Descriptor;
import com.google.protobuf.Descriptors.FieldDescriptor;
import com.google.protobuf.Descriptors.OneofDescriptor;
import com.google.protobuf.Message;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * Random messages of the official API, of such fields as our readers take: rejected fields stay
 * unset, and enums that act keep to the values that there are.
 */
final class RandomMessages {

  private static final int MAX_DEPTH = 5;
  private static final long MAX_SECONDS = 9_000_000_000L;

  private final Random random;
  private final boolean openedOnly;

  /**
   * Messages that follow from a random source.
   *
   * @param openedOnly leaves out messages that our readers do not open, and unsigned numbers beyond
   *     63 bits
   */
  RandomMessages(Random random, boolean openedOnly) {
    this.random = random;
    this.openedOnly = openedOnly;
  }

  Message next(String name) {
    return message(OfficialApi.defaultInstance(name), 0, true);
  }

  private Message message(Message prototype, int depth, boolean opened) {
    Descriptor type = prototype.getDescriptorForType();
    return switch (type.getFullName()) {
      case "google.protobuf.Duration" -> duration();
      case "google.protobuf.Any" -> any(depth);
      case "google.protobuf.Struct" -> struct(depth);
      default -> fields(prototype, type, depth, opened);
    };
  }

  private Message fields(Message prototype, Descriptor type, int depth, boolean opened) {
    Message.Builder builder = prototype.newBuilderForType();
    MessageType table = FieldTable.xds().find(type.getFullName()).orElse(null);
    Set<OneofDescriptor> filled = new HashSet<>();
    for (FieldDescriptor field : type.getFields()) {
      Field known = opened && table != null ? table.byNumber(field.getNumber()) : null;
      boolean one = field.getRealContainingOneof() == null;
      if (!usable(field, known, depth) || !random.nextBoolean()) {
        continue;
      }
      if (!one && !filled.add(field.getRealContainingOneof())) {
        continue;
      }
      boolean open = known != null && known.state() == FieldState.ACTS;
      set(builder, field, depth, open);
    }
    return builder.build();
  }

  private boolean usable(FieldDescriptor field, @Nullable Field known, int depth) {
    if (known != null && known.state() == FieldState.REJECTED) {
      return false;
    }
    boolean message = field.getJavaType() == FieldDescriptor.JavaType.MESSAGE;
    if (message && depth >= MAX_DEPTH) {
      return false;
    }
    boolean opens =
        known == null
            || known.kind() != Kind.MESSAGE
            || (known.state() == FieldState.ACTS
                && FieldTable.xds().find(known.typeName()).isPresent());
    return !openedOnly || opens;
  }

  private void set(Message.Builder builder, FieldDescriptor field, int depth, boolean open) {
    if (field.isMapField()) {
      FieldDescriptor value = field.getMessageType().findFieldByNumber(2);
      for (String key : keys()) {
        Message.Builder entry = builder.newBuilderForField(field);
        entry.setField(field.getMessageType().findFieldByNumber(1), key);
        entry.setField(value, value(entry, value, depth, open));
        builder.addRepeatedField(field, entry.build());
      }
    } else if (field.isRepeated()) {
      for (int i = random.nextInt(4); i > 0; i--) {
        builder.addRepeatedField(field, value(builder, field, depth, open));
      }
    } else {
      builder.setField(field, value(builder, field, depth, open));
    }
  }

  private Object value(Message.Builder parent, FieldDescriptor field, int depth, boolean open) {
    return switch (field.getType()) {
      case STRING -> text();
      case BYTES -> ByteString.copyFrom(bytes());
      case BOOL -> random.nextBoolean();
      case DOUBLE -> number();
      case FLOAT -> (float) number();
      case UINT32, FIXED32, INT32, SINT32, SFIXED32 -> random.nextInt() >> random.nextInt(32);
      case UINT64, FIXED64 -> openedOnly ? number64() & Long.MAX_VALUE : number64();
      case INT64, SINT64, SFIXED64 -> number64();
      case ENUM -> {
        var values = field.getEnumType().getValues();
        yield values.get(random.nextInt(values.size()));
      }
      case MESSAGE, GROUP ->
          message(parent.newBuilderForField(field).buildPartial(), depth + 1, open);
    };
  }

  private Message duration() {
    long seconds = random.nextLong(-MAX_SECONDS, MAX_SECONDS) >> random.nextInt(34);
    int nanos = random.nextInt(1_000_000_000);
    return com.google.protobuf.Duration.newBuilder()
        .setSeconds(seconds)
        .setNanos(random.nextBoolean() ? 0 : seconds < 0 ? -nanos : nanos)
        .build();
  }

  private Message any(int depth) {
    List<String> types = OfficialApi.types().toList();
    String type = types.get(random.nextInt(types.size()));
    Message packed =
        depth >= MAX_DEPTH
            ? OfficialApi.defaultInstance(type)
            : message(OfficialApi.defaultInstance(type), depth + 1, true);
    return com.google.protobuf.Any.pack(packed);
  }

  private com.google.protobuf.Struct struct(int depth) {
    var struct = com.google.protobuf.Struct.newBuilder();
    keys().forEach(key -> struct.putFields(key, structValue(depth + 1)));
    return struct.build();
  }

  private com.google.protobuf.Value structValue(int depth) {
    var value = com.google.protobuf.Value.newBuilder();
    switch (random.nextInt(depth >= MAX_DEPTH ? 4 : 6)) {
      case 0 -> value.setNullValueValue(0);
      case 1 -> value.setNumberValue(random.nextInt() / 8.0);
      case 2 -> value.setStringValue(text());
      case 3 -> value.setBoolValue(random.nextBoolean());
      case 4 -> value.setStructValue(struct(depth + 1));
      default -> {
        var list = com.google.protobuf.ListValue.newBuilder();
        for (int i = random.nextInt(4); i > 0; i--) {
          list.addValues(structValue(depth + 1));
        }
        value.setListValue(list);
      }
    }
    return value.build();
  }

  private Set<String> keys() {
    Set<String> keys = new TreeSet<>();
    for (int i = random.nextInt(4); i > 0; i--) {
      keys.add(text());
    }
    return keys;
  }

  private long number64() {
    return random.nextLong() >> random.nextInt(64);
  }

  private double number() {
    return switch (random.nextInt(5)) {
      case 0 -> Double.NaN;
      case 1 -> Double.NEGATIVE_INFINITY;
      case 2 -> -0.0;
      default -> random.nextGaussian() * 100;
    };
  }

  private byte[] bytes() {
    byte[] bytes = new byte[random.nextInt(20)];
    random.nextBytes(bytes);
    return bytes;
  }

  /** Control characters, quotes, the whole of Unicode but lone surrogates. */
  private String text() {
    StringBuilder text = new StringBuilder();
    for (int i = random.nextInt(8); i > 0; i--) {
      int c =
          switch (random.nextInt(4)) {
            case 0 -> random.nextInt(0x20);
            case 1 -> random.nextInt(Character.MAX_CODE_POINT + 1);
            default -> ' ' + random.nextInt(0x60);
          };
      boolean surrogate = c >= Character.MIN_SURROGATE && c <= Character.MAX_SURROGATE;
      text.appendCodePoint(surrogate ? '?' : c);
    }
    return text.toString();
  }
}
