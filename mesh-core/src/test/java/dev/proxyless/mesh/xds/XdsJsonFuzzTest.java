package dev.proxyless.mesh.xds;

import static org.junit.jupiter.api.Assertions.assertFalse;

import com.code_intelligence.jazzer.junit.FuzzTest;
import dev.proxyless.mesh.document.DocumentException;
import dev.proxyless.mesh.document.Documents;
import dev.proxyless.mesh.document.Json;
import dev.proxyless.mesh.proto.InvalidMessageException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.params.provider.MethodSource;

/** Whatever a file says of a resource in JSON, it is decoded or refused. */
final class XdsJsonFuzzTest {

  private static final List<ResourceType> TYPES = List.of(ResourceType.values());
  private static final Decoder DECODER = new Decoder(new RealChecks());

  /** The first character says which type of resource the rest is taken for. */
  static Stream<byte[]> seeds() {
    return TYPES.stream()
        .flatMap(
            type ->
                ActingFieldsTest.resources(type).stream()
                    .map(yaml -> Json.line(Documents.parse("seed.yaml", yaml).plain()))
                    .map(json -> (TYPES.indexOf(type) + json).getBytes(StandardCharsets.UTF_8)));
  }

  @MethodSource("seeds")
  @FuzzTest(maxDuration = "20s")
  void jsonIsDecodedOrRefused(byte[] data) {
    if (data.length == 0) {
      return;
    }
    ResourceType type = TYPES.get(Math.floorMod(data[0] - '0', TYPES.size()));
    String json = new String(data, 1, data.length - 1, StandardCharsets.UTF_8);
    try {
      assertFalse(DECODER.decode(type, Documents.parse("fuzz.json", json)).name().isEmpty());
    } catch (DocumentException unreadable) {
      assertFalse(String.valueOf(unreadable.getMessage()).isEmpty());
    } catch (InvalidMessageException refused) {
      String message = String.valueOf(refused.getMessage());
      assertFalse(refused.path().isEmpty() && message.contains("cannot be decoded"), message);
    }
  }
}
