package dev.proxyless.mesh.proto;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.proxyless.mesh.document.Documents;
import java.time.Duration;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What YAML may say besides proto3's own JSON, since Envoy takes it. */
class JsonReaderTest {

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "30s | 30000",
        "'{seconds: 30}' | 30000",
        "'{nanos: 5000000}' | 5",
        "'{seconds: 1, nanos: 500000000}' | 1500",
        "'{}' | 0"
      })
  void aDurationIsATextOrAMap(String yaml, long millis) {
    assertEquals(
        Optional.of(Duration.ofMillis(millis)),
        read("RouteAction", "timeout: " + yaml).duration("timeout"));
  }

  @Test
  void aDurationHasNoOtherField() {
    InvalidMessageException wrong =
        assertThrows(
            InvalidMessageException.class, () -> read("RouteAction", "timeout: {minutes: 1}"));

    assertEquals(
        "t:1: timeout.minutes: is no field of a duration; right would be seconds and nanos, or"
            + " \"1.5s\"",
        wrong.getMessage());
  }

  @ParameterizedTest
  @ValueSource(strings = {"false", "'false'", "{value: false}", "{value: 'false'}"})
  void aTruthValueMayStandInQuotesAndInItsWrapper(String yaml) {
    assertTrue(!read("RouteMatch", "case_sensitive: " + yaml).bool("case_sensitive", true));
  }

  @Test
  void aNumberMayStandInItsWrapper() {
    assertEquals(7, read("RetryPolicy", "num_retries: {value: 7}").integer("num_retries", 0, 9, 0));
  }

  @Test
  void anEnumMayBeWrittenInAnyCase() {
    assertEquals(
        "TEMPORARY_REDIRECT",
        read("RedirectAction", "response_code: temporary_redirect").enumName("response_code"));
  }

  @Test
  void aMessageThatStandsByItselfMaySayItsType() {
    String type = "'@type': type.googleapis.com/envoy.config.route.v3.RouteMatch\n";
    Message read =
        JsonReader.readTyped(
            FieldTable.xds().type("envoy.config.route.v3.RouteMatch"),
            Documents.parse("t", type + "prefix: /"),
            new Findings());

    assertEquals("/", read.string("prefix"));
  }

  private static Message read(String message, String yaml) {
    return JsonReader.read(
        FieldTable.xds().type("envoy.config.route.v3." + message),
        Documents.parse("t", yaml),
        new Findings());
  }
}
