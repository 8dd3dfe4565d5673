package dev.proxyless.mesh.xds;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.code_intelligence.jazzer.junit.FuzzTest;
import dev.proxyless.mesh.proto.InvalidMessageException;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.params.provider.MethodSource;

/** Whatever bytes a control plane sends as a resource, they are decoded or refused. */
final class XdsBytesFuzzTest {

  private static final List<ResourceType> TYPES = List.of(ResourceType.values());
  private static final Decoder DECODER = new Decoder(new RealChecks());

  /** The first byte says which type of resource the rest is taken for. */
  static Stream<byte[]> seeds() {
    return TYPES.stream()
        .flatMap(
            type ->
                ActingFieldsTest.resources(type).stream()
                    .map(
                        yaml -> {
                          byte[] resource = Decoding.bytes(type, yaml);
                          byte[] seed = new byte[resource.length + 1];
                          seed[0] = (byte) TYPES.indexOf(type);
                          System.arraycopy(resource, 0, seed, 1, resource.length);
                          return seed;
                        }));
  }

  @MethodSource("seeds")
  @FuzzTest(maxDuration = "20s")
  void bytesAreDecodedOrRefused(byte[] data) {
    if (data.length == 0) {
      return;
    }
    ResourceType type = TYPES.get((data[0] & 0xff) % TYPES.size());
    try {
      Decoded decoded = DECODER.decode(type, Arrays.copyOfRange(data, 1, data.length));
      assertFalse(decoded.name().isEmpty());
    } catch (InvalidMessageException refused) {
      String message = String.valueOf(refused.getMessage());
      assertTrue(message.startsWith(refused.path()), message);
      assertFalse(refused.path().isEmpty() && message.contains("cannot be decoded"), message);
    }
  }
}
