package dev.proxyless.mesh.xds;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import com.code_intelligence.jazzer.junit.FuzzTest;
import dev.proxyless.mesh.model.RouteConfiguration;
import dev.proxyless.mesh.proto.InvalidMessageException;
import dev.proxyless.mesh.route.InvalidRouteException;
import dev.proxyless.mesh.route.RouteTable;
import dev.proxyless.mesh.telemetry.MeshMeters;
import java.util.stream.Stream;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Whatever bytes a control plane sends as a route configuration, they are decoded and compiled, or
 * refused with a field.
 */
final class RouteConfigurationFuzzTest {

  private static final Decoder DECODER = new Decoder(new RealChecks());

  static Stream<byte[]> seeds() {
    return ActingFieldsTest.resources(ResourceType.ROUTE_CONFIGURATION).stream()
        .map(yaml -> Decoding.bytes(ResourceType.ROUTE_CONFIGURATION, yaml));
  }

  @MethodSource("seeds")
  @FuzzTest(maxDuration = "60s")
  void aRouteConfigurationIsDecodedAndCompiledOrRefused(byte[] data) {
    Decoded decoded;
    try {
      decoded = DECODER.decode(ResourceType.ROUTE_CONFIGURATION, data);
    } catch (InvalidMessageException refused) {
      String message = String.valueOf(refused.getMessage());
      assertFalse(refused.path().isEmpty() && message.contains("cannot be decoded"), message);
      return;
    }
    RouteConfiguration configuration = (RouteConfiguration) decoded.model();
    assertEquals(decoded.name(), configuration.name());
    try {
      RouteTable.compile(configuration, MeshMeters.NONE);
    } catch (InvalidRouteException invalid) {
      throw new AssertionError("was taken, and does not compile", invalid);
    }
  }
}
