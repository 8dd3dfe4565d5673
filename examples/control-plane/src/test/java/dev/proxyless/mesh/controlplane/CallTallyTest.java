package dev.proxyless.mesh.controlplane;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.proxyless.mesh.telemetry.AttemptInfo;
import dev.proxyless.mesh.telemetry.CallInfo;
import dev.proxyless.mesh.telemetry.ResponseFlag;
import dev.proxyless.mesh.telemetry.ResponseFlags;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.time.Duration;
import java.util.Collections;
import java.util.Map;
import okhttp3.Headers;
import org.junit.jupiter.api.Test;

/** What {@code mesh call --repeat} adds up, and how it tells how far it has come. */
class CallTallyTest {

  private static CallOutcome outcome(int status, ResponseFlags flags, int tries, long millis) {
    CallInfo info =
        new CallInfo(
            "v", "r", "c", "10.0.0.1:80", tries, flags, tries > 0 ? "via_upstream" : "x", "");
    AttemptInfo attempt =
        new AttemptInfo(1, "10.0.0.1:80", status, "", Duration.ZERO, Duration.ZERO, "");
    return new CallOutcome(
        status,
        Headers.of(),
        info,
        Collections.nCopies(tries, attempt),
        Duration.ofMillis(millis),
        "");
  }

  @Test
  void latencyIsThatOfTheCallsThatThePercentageTakesIn() {
    CallTally tally = new CallTally(100);
    for (int i = 100; i >= 1; i--) {
      tally.add(outcome(200, ResponseFlags.NONE, 1, i));
    }

    assertEquals(
        Map.of("p50", 50.0, "p90", 90.0, "p99", 99.0, "p99.9", 100.0, "max", 100.0),
        tally.toMap(Duration.ofSeconds(1)).get("latency_ms"));
  }

  @Test
  void callsTriesStatusesAndFlagsAreCounted() {
    CallTally tally = new CallTally(4);
    tally.add(outcome(200, ResponseFlags.NONE, 1, 1));
    tally.add(outcome(503, ResponseFlags.of(ResponseFlag.URX), 2, 1));
    tally.add(outcome(503, ResponseFlags.of(ResponseFlag.UH), 0, 1));
    tally.add(outcome(0, ResponseFlags.NONE, 0, 1));

    Map<String, Object> found = tally.toMap(Duration.ofMillis(1500));
    assertEquals(4, found.get("calls"));
    assertEquals(3, found.get("attempts"));
    assertEquals(1, found.get("failed"), "an endpoint's own answer is one");
    assertEquals(1.5, found.get("seconds"));
    assertEquals(Map.of("200", 1, "503", 2, "no response", 1), found.get("statuses"));
    assertEquals(Map.of("-", 2, "URX", 1, "UH", 1), found.get("flags"));
    assertEquals(Map.of("10.0.0.1:80", 3), found.get("attempts_by_endpoint"));
  }

  @Test
  void aTerminalSeesHowFarItHasComeAndThenNothing() throws Exception {
    StringWriter err = new StringWriter();
    CallLoad load = new CallLoad(2, 2, new PrintWriter(err), true);

    load.run(
        () -> {
          while (!err.toString().contains("0 of 2 calls, 0 failed")) {
            Thread.onSpinWait();
          }
          return outcome(200, ResponseFlags.NONE, 1, 1);
        });

    assertEquals(2, load.tally().calls());
    assertTrue(err.toString().startsWith("\r"), "one line is written again and again");
    assertTrue(err.toString().endsWith("\r\u001b[K"), "and taken away");
  }
}
