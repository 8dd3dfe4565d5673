package dev.proxyless.mesh.proto;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.protobuf.Any;
import com.google.protobuf.BoolValue;
import com.google.protobuf.ByteString;
import com.google.protobuf.Duration;
import com.google.protobuf.UInt32Value;
import io.envoyproxy.envoy.config.core.v3.RuntimeFractionalPercent;
import io.envoyproxy.envoy.config.core.v3.TransportSocket;
import io.envoyproxy.envoy.config.route.v3.RetryPolicy;
import io.envoyproxy.envoy.config.route.v3.RouteMatch;
import io.envoyproxy.envoy.type.matcher.v3.RegexMatcher;
import io.envoyproxy.envoy.type.v3.FractionalPercent;
import java.io.ByteArrayOutputStream;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** What proto3 says of fields that stand twice, in groups, packed or not, and of presence. */
final class WireSemanticsTest {

  private static final String MATCH = "envoy.config.route.v3.RouteMatch";
  private static final String POLICY = "envoy.config.route.v3.RetryPolicy";

  @Test
  void theLastFieldOfAOneofWins() {
    Message match =
        read(
            MATCH,
            RouteMatch.newBuilder().setPrefix("/a").build(),
            RouteMatch.newBuilder().setPath("/b").build());
    assertFalse(match.has("prefix"));
    assertEquals("/b", match.string("path"));
  }

  @Test
  void aMessageOfAOneofThatIsReplacedLeavesNothingBehind() {
    Message match =
        read(
            MATCH,
            RouteMatch.newBuilder().setSafeRegex(RegexMatcher.newBuilder().setRegex(".*")).build(),
            RouteMatch.newBuilder().setPrefix("").build());
    assertFalse(match.has("safe_regex"));
    assertEquals(Optional.of(""), match.ifString("prefix"));
  }

  @Test
  void aScalarThatStandsTwiceIsTheLast() {
    Message policy =
        read(
            POLICY,
            RetryPolicy.newBuilder().setRetryOn("5xx").build(),
            RetryPolicy.newBuilder().setRetryOn("reset").build());
    assertEquals("reset", policy.string("retry_on"));
  }

  @Test
  void aScalarThatIsLastItsDefaultIsNotSet() {
    WireWriter out = new WireWriter();
    out.varintField(6, 5);
    out.varintField(6, 0);
    Message policy = MessageReader.read(type(POLICY), out.toBytes(), "", new Findings());
    assertFalse(policy.has("host_selection_retry_max_attempts"));
    assertEquals(1, policy.integer("host_selection_retry_max_attempts", 0, 9, 1));
  }

  @Test
  void aMessageThatStandsTwiceIsMerged() {
    Message match =
        read(
            MATCH,
            RouteMatch.newBuilder()
                .setRuntimeFraction(
                    RuntimeFractionalPercent.newBuilder()
                        .setDefaultValue(FractionalPercent.newBuilder().setNumerator(7)))
                .build(),
            RouteMatch.newBuilder()
                .setRuntimeFraction(
                    RuntimeFractionalPercent.newBuilder()
                        .setDefaultValue(
                            FractionalPercent.newBuilder()
                                .setDenominator(FractionalPercent.DenominatorType.MILLION)))
                .build());
    Message percent = match.requiredMessage("runtime_fraction").requiredMessage("default_value");
    assertEquals(7, percent.number("numerator", 0));
    assertEquals("MILLION", percent.enumName("denominator"));
  }

  @Test
  void theMessagesThatAreValuesHereAreMergedToo() {
    Message policy =
        read(
            POLICY,
            RetryPolicy.newBuilder().setPerTryTimeout(Duration.newBuilder().setSeconds(3)).build(),
            RetryPolicy.newBuilder().setPerTryTimeout(Duration.newBuilder().setNanos(5)).build());
    assertEquals(
        Optional.of(java.time.Duration.ofSeconds(3, 5)), policy.duration("per_try_timeout"));
    Message socket =
        read(
            "envoy.config.core.v3.TransportSocket",
            TransportSocket.newBuilder()
                .setTypedConfig(Any.newBuilder().setTypeUrl("a/b.C"))
                .build(),
            TransportSocket.newBuilder()
                .setTypedConfig(Any.newBuilder().setValue(ByteString.copyFrom(new byte[] {8, 1})))
                .build());
    AnyMessage any = socket.any("typed_config").orElseThrow();
    assertEquals("b.C", any.typeName());
    assertArrayEquals(new byte[] {8, 1}, any.bytes());
  }

  @Test
  void repeatedNumbersAreReadPackedAndUnpacked() {
    WireWriter out = new WireWriter();
    out.varintField(7, 503);
    WireWriter packed = new WireWriter();
    packed.varint(429);
    packed.varint(0xffff_ffffL);
    out.bytesField(7, packed.toBytes());
    out.varintField(7, 0);
    Message policy = MessageReader.read(type(POLICY), out.toBytes(), "", new Findings());
    assertEquals(List.of(503L, 429L, 0xffff_ffffL, 0L), policy.numbers("retriable_status_codes"));
  }

  @Test
  void aWrapperThatIsThereIsSetEvenToItsDefault() {
    Message unset = read(MATCH, RouteMatch.getDefaultInstance());
    assertFalse(unset.has("case_sensitive"));
    assertTrue(unset.bool("case_sensitive", true));
    Message set =
        read(MATCH, RouteMatch.newBuilder().setCaseSensitive(BoolValue.of(false)).build());
    assertTrue(set.has("case_sensitive"));
    assertFalse(set.bool("case_sensitive", true));
    Message zero = read(POLICY, RetryPolicy.newBuilder().setNumRetries(UInt32Value.of(0)).build());
    assertEquals(0, zero.integer("num_retries", 0, 10, 1));
  }

  @Test
  void unsignedNumbersAreNotNegative() {
    Message policy =
        read(POLICY, RetryPolicy.newBuilder().setNumRetries(UInt32Value.of(-1)).build());
    assertEquals(0xffff_ffffL, policy.number("num_retries", 0));
    InvalidMessageException refused =
        assertThrows(InvalidMessageException.class, () -> policy.integer("num_retries", 0, 10, 1));
    assertEquals(
        "num_retries: is 4294967295; right would be a number from 0 to 10", refused.getMessage());
  }

  @Test
  void negativeDurationsAreRefusedWhereTheyAreAskedFor() {
    Message policy =
        read(
            POLICY,
            RetryPolicy.newBuilder().setPerTryTimeout(Duration.newBuilder().setNanos(-1)).build());
    InvalidMessageException refused =
        assertThrows(InvalidMessageException.class, () -> policy.duration("per_try_timeout"));
    assertEquals(
        "per_try_timeout: is PT-0.000000001S; right would be a duration of 0 or more",
        refused.getMessage());
  }

  /** The concatenation of two messages is the message merged. */
  private static Message read(String type, com.google.protobuf.Message... parts) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    for (com.google.protobuf.Message part : parts) {
      bytes.writeBytes(part.toByteArray());
    }
    return MessageReader.read(type(type), bytes.toByteArray(), "", new Findings());
  }

  private static MessageType type(String name) {
    return FieldTable.xds().type(name);
  }
}
