package dev.proxyless.mesh.proto;

import static org.junit.jupiter.api.Assertions.assertEquals;

import com.google.protobuf.Message;
import com.google.protobuf.TypeRegistry;
import com.google.protobuf.util.JsonFormat;
import dev.proxyless.mesh.document.Documents;
import dev.proxyless.mesh.document.Json;
import dev.proxyless.mesh.testing.Seeds;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Random messages of the official API, there and back. */
final class RoundTripTest {

  private static final int MESSAGES_PER_TYPE = 60;

  private static final TypeRegistry TYPES =
      TypeRegistry.newBuilder().add(types().map(OfficialApi::descriptor).toList()).build();

  static Stream<String> types() {
    return OfficialApi.types();
  }

  @ParameterizedTest
  @MethodSource("types")
  void bytesThatWeReadAndWriteSayWhatTheySaid(String name) {
    Seeds.each(
        MESSAGES_PER_TYPE,
        random -> {
          Message official = new RandomMessages(random, false).next(name);
          byte[] written = read(name, official.toByteArray()).toBytes();
          assertEquals(official, OfficialApi.parse(name, written));
        });
  }

  @ParameterizedTest
  @MethodSource("types")
  void jsonOfTheOfficialPrinterReadsAsTheSameMessage(String name) {
    JsonFormat.Printer camelCase = JsonFormat.printer().usingTypeRegistry(TYPES);
    JsonFormat.Printer snakeCase = camelCase.preservingProtoFieldNames();
    Seeds.each(
        MESSAGES_PER_TYPE,
        random -> {
          Message official = new RandomMessages(random, true).next(name);
          for (JsonFormat.Printer printer : List.of(camelCase, snakeCase)) {
            byte[] written = readJson(name, printer.print(official)).toBytes();
            assertEquals(official, OfficialApi.parse(name, written));
          }
        });
  }

  @ParameterizedTest
  @MethodSource("types")
  void jsonThatWeWriteReadsAsTheSameMessage(String name) {
    Seeds.each(
        MESSAGES_PER_TYPE,
        random -> {
          Message official = new RandomMessages(random, true).next(name);
          String json = Json.pretty(JsonWriter.write(read(name, official.toByteArray())));
          if (!json.contains("[redacted]")) {
            byte[] written = readJson(name, json).toBytes();
            assertEquals(official, OfficialApi.parse(name, written));
          }
        });
  }

  private static dev.proxyless.mesh.proto.Message read(String name, byte[] bytes) {
    return MessageReader.read(FieldTable.xds().type(name), bytes, "", new Findings());
  }

  private static dev.proxyless.mesh.proto.Message readJson(String name, String json) {
    return JsonReader.read(
        FieldTable.xds().type(name), Documents.parse("test.json", json), new Findings());
  }
}
