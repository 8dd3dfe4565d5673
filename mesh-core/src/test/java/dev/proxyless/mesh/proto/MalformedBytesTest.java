package dev.proxyless.mesh.proto;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.protobuf.Duration;
import dev.proxyless.mesh.testing.Seeds;
import io.envoyproxy.envoy.config.route.v3.RetryPolicy;
import io.envoyproxy.envoy.config.route.v3.RouteConfiguration;
import java.io.ByteArrayOutputStream;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Bytes that are no message end in {@link InvalidMessageException} and in nothing else. */
final class MalformedBytesTest {

  private static final String ROUTES = "envoy.config.route.v3.RouteConfiguration";

  @Test
  void everyTruncationIsReadOrRefused() {
    Seeds.each(
        40,
        random -> {
          byte[] bytes = randomMessage(random);
          for (int length = 0; length < bytes.length; length++) {
            readOrRefuse(Arrays.copyOf(bytes, length));
          }
        });
  }

  @Test
  void everyFlippedBitIsReadOrRefused() {
    Seeds.each(
        20,
        random -> {
          byte[] bytes = randomMessage(random);
          for (int i = 0; i < Math.min(bytes.length, 2_000); i++) {
            for (int bit = 0; bit < 8; bit++) {
              byte[] flipped = bytes.clone();
              flipped[i] ^= (byte) (1 << bit);
              readOrRefuse(flipped);
            }
          }
        });
  }

  @Test
  void noiseIsReadOrRefused() {
    Seeds.each(
        20_000,
        random -> {
          byte[] noise = new byte[random.nextInt(64)];
          random.nextBytes(noise);
          readOrRefuse(noise);
        });
  }

  @Test
  void aMessageThatEndsWithinAFieldIsRefusedAtItsPath() {
    byte[] virtualHost = {0x0a, 5, 'a'}; // a name of five bytes, one of which is there
    InvalidMessageException refused = refused(field(2, virtualHost));
    assertEquals("virtual_hosts[0]", refused.path());
    assertEquals("virtual_hosts[0]: malformed protobuf: ends within a value", refused.getMessage());
  }

  @ParameterizedTest(name = "{0}: {1}")
  @CsvSource(
      delimiter = '|',
      value = {
        "0a | ends within a number",
        "0a05 | ends within a value",
        "0aff | ends within a number",
        "08 | wire type 2 was expected, 0 found",
        "0b | wire type 2 was expected, 3 found",
        "0a02c328 | a text is not UTF-8",
        "00 | a field number is out of range",
        "0affffffffffffffffff01 | ends within a value",
        "0affffffffffffffffffff01 | a number is longer than 10 bytes",
        "808080808080808080808001 | a number is longer than 10 bytes",
        "8a808080808080808001 | a field number is out of range",
        "8a80808010 | a field number is out of range",
        "f80f | ends within a number",
        "f90f00 | ends within a value",
        "fd0f00 | ends within a value",
        "fb0f | wire type 3 is not in use",
        "ff0f | wire type 7 is not in use",
      })
  void malformedBytesSayWhatIsWrong(String hex, String reason) {
    String message = String.valueOf(refused(HexFormat.of().parseHex(hex)).getMessage());
    assertTrue(message.endsWith("malformed protobuf: " + reason), message);
  }

  /** A length of almost 2^63 must not be reckoned with in 32 bits. */
  @Test
  void hugeLengthsAreRefused() {
    for (String length : List.of("ffffffff07", "ffffffff0f", "8080808008", "ffffffffffffffff7f")) {
      refused(HexFormat.of().parseHex("0a" + length + "00"));
    }
  }

  @Test
  void deepStructsAreRefused() {
    InvalidMessageException refused =
        assertThrows(
            InvalidMessageException.class,
            () -> read("envoy.config.core.v3.Metadata", metadata(5_000)));
    assertTrue(
        String.valueOf(refused.getMessage()).contains("a Struct is nested deeper than 100"),
        refused.getMessage());
  }

  @Test
  void structsOfUsualDepthAreRead() {
    byte[] bytes = metadata(20);
    assertArrayEquals(bytes, read("envoy.config.core.v3.Metadata", bytes).toBytes());
  }

  @ParameterizedTest(name = "{0} s {1} ns")
  @CsvSource({
    "9223372036, 0",
    "-9223372036, 0",
    "9223372036854775807, 0",
    "-9223372036854775808, 0",
    "-9223372036854775808, -2147483648",
    "0, 1000000000",
    "0, -1000000000",
    "0, -2147483648",
    "1, -1",
    "-1, 1",
  })
  void durationsOutOfRangeAreRefused(long seconds, int nanos) {
    byte[] policy =
        RetryPolicy.newBuilder()
            .setPerTryTimeout(Duration.newBuilder().setSeconds(seconds).setNanos(nanos))
            .build()
            .toByteArray();
    InvalidMessageException refused =
        assertThrows(
            InvalidMessageException.class, () -> read("envoy.config.route.v3.RetryPolicy", policy));
    assertEquals(
        "per_try_timeout: is a duration of "
            + seconds
            + " s and "
            + nanos
            + " ns, which is out of range",
        refused.getMessage());
  }

  /** Merging a field that stands a million times must not copy what came before each time. */
  @Test
  void aFieldThatStandsOftenIsMergedInTime() {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    byte[] piece = field(1, new byte[] {0x0a, 1, 'a'});
    for (int i = 0; i < 1_000_000; i++) {
      bytes.writeBytes(piece);
    }
    Message route = read("envoy.config.route.v3.Route", bytes.toByteArray());
    assertEquals("a", route.requiredMessage("match").string("prefix"));
  }

  /** What is read is not only not refused: it is the message. */
  @Test
  void aWellFormedMessageIsRead() {
    RouteConfiguration official = RouteConfiguration.newBuilder().setName("all").build();
    assertEquals("all", read(ROUTES, official.toByteArray()).string("name"));
  }

  /** Metadata with a Struct in a Struct, by hand: the official classes write by recursion. */
  private static byte[] metadata(int depth) {
    byte[] struct = new byte[0];
    for (int i = 0; i < depth; i++) {
      struct = field(1, entry("a", field(5, struct)));
    }
    return field(1, entry("deep", struct));
  }

  private static byte[] entry(String key, byte[] value) {
    WireWriter out = new WireWriter();
    out.stringField(1, key);
    out.bytesField(2, value);
    return out.toBytes();
  }

  private static byte[] randomMessage(Random random) {
    return new RandomMessages(random, false).next(ROUTES).toByteArray();
  }

  private static byte[] field(int number, byte[] value) {
    WireWriter out = new WireWriter();
    out.bytesField(number, value);
    return out.toBytes();
  }

  private static void readOrRefuse(byte[] bytes) {
    try {
      read(ROUTES, bytes);
    } catch (InvalidMessageException refused) {
      assertTrue(!String.valueOf(refused.getMessage()).isEmpty());
    }
  }

  private static InvalidMessageException refused(byte[] bytes) {
    return assertThrows(InvalidMessageException.class, () -> read(ROUTES, bytes));
  }

  private static Message read(String name, byte[] bytes) {
    return MessageReader.read(FieldTable.xds().type(name), bytes, "", new Findings());
  }
}
