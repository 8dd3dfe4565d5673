package dev.proxyless.mesh;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.proxyless.mesh.model.RetryOn;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;

class RetryOptionsTest {

  private static void assertRefused(String part, Executable code) {
    String message =
        String.valueOf(assertThrows(IllegalArgumentException.class, code).getMessage());
    assertTrue(message.contains(part), message);
  }

  @Test
  void valuesThatCannotBeMeantAreRefused() {
    RetryOptions.Builder builder = RetryOptions.builder();

    assertRefused("numRetries is -1", () -> builder.numRetries(-1));
    assertRefused("perTryTimeout is PT-1S", () -> builder.perTryTimeout(Duration.ofSeconds(-1)));
    assertRefused(
        "retriableStatusCodes has 5033", () -> builder.retriableStatusCodes(List.of(5033)));
    assertRefused("\"5XX\" is no retry condition", () -> builder.retryOn("5XX"));
    assertRefused(
        "backOff is PT1S to PT0.5S",
        () -> builder.backOff(Duration.ofSeconds(1), Duration.ofMillis(500)));
  }

  @Test
  void statusCodesBringTheirCondition() {
    RetryOptions options = RetryOptions.builder().retriableStatusCodes(List.of(503)).build();

    assertEquals(Set.of(RetryOn.RETRIABLE_STATUS_CODES), options.rules().policy().retryOn());
  }
}
