package dev.proxyless.mesh.proto;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import com.google.protobuf.Any;
import com.google.protobuf.ByteString;
import com.google.protobuf.Descriptors.Descriptor;
import com.google.protobuf.Descriptors.FieldDescriptor;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.Message;
import com.google.protobuf.TypeRegistry;
import com.google.protobuf.util.JsonFormat;
import dev.proxyless.mesh.document.Documents;
import io.envoyproxy.envoy.config.core.v3.Locality;
import java.util.List;
import java.util.function.Function;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What the table says of a field that does not act is what becomes of it, field by field. */
final class EveryFieldTest {

  private static final TypeRegistry TYPES =
      TypeRegistry.newBuilder().add(Locality.getDescriptor()).build();

  static Stream<String> types() {
    return OfficialApi.types();
  }

  @ParameterizedTest
  @MethodSource("types")
  void aFieldThatDoesNotActDoesInBytesWhatTheTableSays(String name) {
    MessageType type = FieldTable.xds().type(name);
    check(
        type,
        Message::toByteArray,
        (bytes, findings) -> MessageReader.read(type, bytes, "", findings));
  }

  @ParameterizedTest
  @MethodSource("types")
  void aFieldThatDoesNotActDoesInJsonWhatTheTableSays(String name) {
    MessageType type = FieldTable.xds().type(name);
    check(
        type,
        EveryFieldTest::json,
        (json, findings) -> JsonReader.read(type, Documents.parse("t.json", json), findings));
  }

  @Test
  void whatIsNewerThanTheClassesOfTheApiIsRefusedOrReportedAsWell() {
    FieldTable.xds().types().stream()
        .flatMap(
            type ->
                type.fields().stream()
                    .filter(field -> OfficialApi.isNewer(type, field))
                    .filter(field -> field.state() != FieldState.ACTS)
                    .map(field -> type.name() + " " + field.name()))
        .forEach(EveryFieldTest::assertNewerFieldIsSeen);
  }

  private static void assertNewerFieldIsSeen(String about) {
    MessageType type = FieldTable.xds().type(about.substring(0, about.indexOf(' ')));
    Field field = type.field(about.substring(about.indexOf(' ') + 1));
    WireWriter bytes = new WireWriter();
    if (field.kind().isVarint()) {
      bytes.varintField(field.number(), 1);
    } else {
      bytes.bytesField(field.number(), new byte[] {8, 1}); // a wrapper's value is 1
    }
    Findings findings = new Findings();
    if (field.state() == FieldState.REJECTED) {
      assertThrows(
          InvalidMessageException.class,
          () -> MessageReader.read(type, bytes.toBytes(), "", findings),
          about);
    } else {
      MessageReader.read(type, bytes.toBytes(), "", findings);
      assertEquals(
          List.of(field.name() + " " + field.state()),
          findings.all().stream().map(each -> each.path() + " " + each.state()).toList(),
          about);
    }
  }

  private interface Reader<T> {
    void read(T text, Findings findings);
  }

  private static <T> void check(MessageType type, Function<Message, T> writer, Reader<T> reader) {
    for (Field field : type.fields()) {
      if (OfficialApi.isNewer(type, field)) {
        continue;
      }
      Message message = only(type, field);
      if (field.state() == FieldState.ACTS || message == null) {
        continue;
      }
      Findings findings = new Findings();
      String about = type + "." + field.name();
      if (field.state() == FieldState.REJECTED) {
        InvalidMessageException refused =
            assertThrows(
                InvalidMessageException.class,
                () -> reader.read(writer.apply(message), findings),
                about);
        assertEquals(field.name(), refused.path(), about);
      } else {
        reader.read(writer.apply(message), findings);
        assertEquals(
            List.of(field.name() + " " + field.state()),
            findings.all().stream().map(each -> each.path() + " " + each.state()).toList(),
            about);
      }
    }
  }

  /** A message in which this field alone is set; null for an enum of which 0 is the only value. */
  private static @Nullable Message only(MessageType type, Field field) {
    Message.Builder builder = OfficialApi.defaultInstance(type.name()).newBuilderForType();
    FieldDescriptor official = builder.getDescriptorForType().findFieldByNumber(field.number());
    if (official.isMapField()) {
      Message.Builder entry = builder.newBuilderForField(official);
      entry.setField(entry.getDescriptorForType().findFieldByNumber(1), "key");
      FieldDescriptor content = entry.getDescriptorForType().findFieldByNumber(2);
      entry.setField(content, value(entry, content));
      return builder.addRepeatedField(official, entry.build()).build();
    }
    Object value = value(builder, official);
    if (value == null) {
      return null;
    }
    return official.isRepeated()
        ? builder.addRepeatedField(official, value).build()
        : builder.setField(official, value).build();
  }

  private static @Nullable Object value(Message.Builder builder, FieldDescriptor field) {
    return switch (field.getJavaType()) {
      case STRING -> "text";
      case BYTE_STRING -> ByteString.copyFromUtf8("bytes");
      case BOOLEAN -> true;
      case INT -> 7;
      case LONG -> 7L;
      case DOUBLE -> 7.0;
      case FLOAT -> 7.0f;
      case ENUM ->
          field.getEnumType().getValues().stream()
              .filter(each -> field.isRepeated() || each.getNumber() != 0)
              .findFirst()
              .orElse(null);
      case MESSAGE -> wrapped(builder.newBuilderForField(field));
    };
  }

  /** A wrapper is given a value that is not "no"; most messages say enough by being there. */
  private static Message wrapped(Message.Builder builder) {
    Descriptor type = builder.getDescriptorForType();
    if (type.equals(Any.getDescriptor())) {
      return Any.pack(Locality.getDefaultInstance());
    }
    if (type.getFullName().matches("google\\.protobuf\\.(Bool|UInt32|UInt64)Value")) {
      FieldDescriptor value = type.findFieldByNumber(1);
      builder.setField(value, value(builder, value));
    }
    return builder.build();
  }

  private static String json(Message message) {
    try {
      return JsonFormat.printer()
          .usingTypeRegistry(TYPES)
          .preservingProtoFieldNames()
          .print(message);
    } catch (InvalidProtocolBufferException broken) {
      throw new AssertionError(broken);
    }
  }
}
