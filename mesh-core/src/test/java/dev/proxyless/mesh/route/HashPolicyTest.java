package dev.proxyless.mesh.route;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.proxyless.mesh.model.HashPolicy;
import dev.proxyless.mesh.model.HashPolicy.Specifier;
import dev.proxyless.mesh.model.RegexRewrite;
import dev.proxyless.mesh.testing.FakeRequest;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Hashes of requests: envoy-semantics 1.12 and the hash vectors of its section 3. */
class HashPolicyTest {

  private static final FakeRequest GET = FakeRequest.get("http://h/p?user=foo&user=bar");

  @ParameterizedTest
  @CsvSource({
    "'', 17241709254077376921",
    "foo, 3728699739546630719",
    "bar, 5234164152756840025",
    "lyft, 4400747396090729504"
  })
  void theHashIsXxh64(String text, String hash) {
    assertEquals(hash, Long.toUnsignedString(XxHash64.of(text, 0)));
  }

  @ParameterizedTest(name = "{0} characters, seed {1}")
  @CsvSource({
    "32, 0, 9614767607332313815",
    "45, 0, 16462359572115976219",
    "99, 0, 3223176103418968642",
    "99, 1, 7578419744012659048"
  })
  void longTextsAreHashedInStripes(int length, long seed, String hash) {
    assertEquals(hash, Long.toUnsignedString(XxHash64.of("a".repeat(length), seed)));
  }

  private static String hash(FakeRequest request, HashPolicy... policies) {
    OptionalLong hash =
        HashPolicies.compile(List.of(policies), "route").hash(request, StreamInfo.of(0));
    return hash.isPresent() ? Long.toUnsignedString(hash.getAsLong()) : "none";
  }

  private static HashPolicy header(String name) {
    return new HashPolicy(new Specifier.Header(name, Optional.empty()), false);
  }

  @Test
  void theLinesOfAHeaderAreHashedInTheOrderOfTheirBytes() {
    String chained = Long.toUnsignedString(XxHash64.of("foo", XxHash64.of("bar", 0)));
    assertEquals(chained, hash(GET.header("x", "foo").header("X", "bar"), header("x")));
    assertEquals(chained, hash(GET.header("x", "bar").header("x", "foo"), header("x")));
    assertEquals("none", hash(GET, header("x")));
  }

  @Test
  void aHeaderCanBeRewrittenBeforeItIsHashed() {
    HashPolicy policy =
        new HashPolicy(
            new Specifier.Header("x", Optional.of(new RegexRewrite("^user-(.*)$", "\\1"))), false);
    assertEquals("3728699739546630719", hash(GET.header("x", "user-foo"), policy));
  }

  @Test
  void cookiesAndQueryParametersAreHashedByTheirFirstValue() {
    HashPolicy cookie = new HashPolicy(new Specifier.Cookie("c"), false);
    assertEquals(
        "3728699739546630719", hash(GET.header("cookie", "a=b; c=\"foo\"; c=bar"), cookie));
    assertEquals("none", hash(GET, cookie));
    assertEquals(
        "3728699739546630719",
        hash(GET, new HashPolicy(new Specifier.QueryParameter("user"), false)));
  }

  @Test
  void policiesAreMixedUntilATerminalOneHasAHash() {
    long foo = XxHash64.of("foo", 0);
    long bar = XxHash64.of("bar", 0);
    FakeRequest request = GET.header("a", "foo").header("b", "bar");
    assertEquals(
        Long.toUnsignedString(Long.rotateLeft(foo, 1) ^ bar),
        hash(request, header("a"), header("missing"), header("b")));
    HashPolicy terminal = new HashPolicy(new Specifier.Header("a", Optional.empty()), true);
    assertEquals(Long.toUnsignedString(foo), hash(request, terminal, header("b")));
    HashPolicy missing = new HashPolicy(new Specifier.Header("missing", Optional.empty()), true);
    assertEquals(Long.toUnsignedString(bar), hash(request, missing, header("b")));
  }
}
