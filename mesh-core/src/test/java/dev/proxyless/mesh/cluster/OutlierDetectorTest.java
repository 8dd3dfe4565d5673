package dev.proxyless.mesh.cluster;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.proxyless.mesh.testing.XdsYaml;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Envoy's outlier detection by consecutive 5xx: envoy-semantics 3.9. */
class OutlierDetectorTest {

  private static final String ANY = "outlier_detection: {max_ejection_percent: 100}";

  private final Upstreams upstreams = new Upstreams();

  @Test
  void theFifthServerErrorInARowEjects() {
    Upstream upstream = upstreams.create(ANY, 4);
    Upstreams.report(upstream, 1, 503, 4);
    assertFalse(ejected(upstream, 1));
    Upstreams.report(upstream, 1, 500, 1);
    assertTrue(ejected(upstream, 1));
    assertEquals(List.of("ejected 10.0.0.1:80"), upstreams.events);
    assertFalse(Upstreams.picks(upstream, 12).contains("10.0.0.1:80"));
  }

  @ParameterizedTest
  @ValueSource(ints = {200, 404, 499})
  void anyOtherStatusBeginsTheCountAnew(int status) {
    Upstream upstream = upstreams.create(ANY, 4);
    Upstreams.report(upstream, 1, 503, 4);
    Upstreams.report(upstream, 1, status, 1);
    Upstreams.report(upstream, 1, 503, 4);
    assertFalse(ejected(upstream, 1));
    Upstreams.report(upstream, 1, 503, 1);
    assertTrue(ejected(upstream, 1));
  }

  @Test
  void aLimitOfZeroNeverEjects() {
    Upstream upstream =
        upstreams.create("outlier_detection: {consecutive_5xx: 0, max_ejection_percent: 100}", 4);
    Upstreams.report(upstream, 1, 503, 100);
    assertFalse(ejected(upstream, 1));
  }

  @Test
  void aClusterWithoutDetectionNeverEjects() {
    Upstream upstream = upstreams.create("", 4);
    Upstreams.report(upstream, 1, 503, 100);
    assertFalse(ejected(upstream, 1));
    assertEquals(0, upstreams.time.timers());
  }

  @Test
  void byDefaultFewerThanTenEndpointsLoseNone() {
    Upstream nine = upstreams.create("outlier_detection: {}", 9);
    Upstreams.report(nine, 1, 503, 5);
    assertFalse(ejected(nine, 1));
    Upstream ten = upstreams.create("outlier_detection: {}", 10);
    Upstreams.report(ten, 1, 503, 5);
    Upstreams.report(ten, 2, 503, 5);
    assertTrue(ejected(ten, 1));
    assertFalse(ejected(ten, 2), "ten percent of ten is one");
  }

  @Test
  void oneEndpointAtLeastIsEjectedWhereThatIsAsked() {
    Upstream upstream =
        upstreams.create(
            "outlier_detection: {max_ejection_percent: 0, always_eject_one_host: true}", 3);
    Upstreams.report(upstream, 1, 503, 5);
    Upstreams.report(upstream, 2, 503, 5);
    assertTrue(ejected(upstream, 1));
    assertFalse(ejected(upstream, 2));
  }

  @Test
  void whatWasDetectedAndNotEjectedIsCountedAnew() {
    Upstream upstream = upstreams.create("outlier_detection: {max_ejection_percent: 50}", 3);
    Upstreams.report(upstream, 1, 503, 5);
    Upstreams.report(upstream, 2, 503, 5);
    assertFalse(ejected(upstream, 2));
    upstreams.time.advance(Duration.ofSeconds(30));
    assertFalse(ejected(upstream, 1), "one third is out of three, and its time is over");
    Upstreams.report(upstream, 2, 503, 4);
    assertFalse(ejected(upstream, 2));
    Upstreams.report(upstream, 2, 503, 1);
    assertTrue(ejected(upstream, 2));
  }

  @Test
  void enforcementIsAPercentageOfDetections() {
    Upstream never =
        upstreams.create(
            "outlier_detection: {enforcing_consecutive_5xx: 0, max_ejection_percent: 100}", 1);
    for (int i = 0; i < 100; i++) {
      Upstreams.report(never, 1, 503, 5);
    }
    assertFalse(ejected(never, 1));
    Upstream half =
        upstreams.create(
            "outlier_detection: {enforcing_consecutive_5xx: 50, max_ejection_percent: 100}", 200);
    int out = 0;
    for (int i = 1; i <= 200; i++) {
      Upstreams.report(half, i, 503, 5);
      out += ejected(half, i) ? 1 : 0;
    }
    // the random numbers follow from a fixed seed; five standard deviations are 35
    assertEquals(100, out, 36);
  }

  @Test
  void anEndpointReturnsWithTheFirstSweepAfterItsTime() {
    Upstream upstream =
        upstreams.create(
            "outlier_detection: {max_ejection_percent: 100, interval: 10s, base_ejection_time: 25s}",
            2);
    Upstreams.report(upstream, 1, 503, 5);
    upstreams.time.advance(Duration.ofMillis(29_999));
    assertTrue(ejected(upstream, 1));
    upstreams.time.advance(Duration.ofMillis(1));
    assertFalse(ejected(upstream, 1));
    assertEquals(List.of("ejected 10.0.0.1:80", "returned 10.0.0.1:80"), upstreams.events);
    assertEquals(Set.of("10.0.0.1:80", "10.0.0.2:80"), new HashSet<>(Upstreams.picks(upstream, 4)));
    Upstreams.report(upstream, 1, 503, 4);
    assertFalse(ejected(upstream, 1), "the count began anew");
  }

  @Test
  void eachEjectionLastsLongerUpToTheMaximum() {
    Upstream upstream =
        upstreams.create(
            "outlier_detection: {max_ejection_percent: 100, interval: 1s, base_ejection_time: 10s,"
                + " max_ejection_time: 35s}",
            2);
    assertEquals(10, secondsOut(upstream));
    assertEquals(20, secondsOut(upstream));
    assertEquals(30, secondsOut(upstream));
    assertEquals(35, secondsOut(upstream));
    assertEquals(35, secondsOut(upstream));
    // the factor grew to the first that reaches the maximum, 5 as Envoy counts, and not beyond
    upstreams.time.advance(Duration.ofSeconds(3));
    assertEquals(30, secondsOut(upstream));
  }

  @Test
  void goodSweepsShortenTheNextEjection() {
    Upstream upstream =
        upstreams.create(
            "outlier_detection: {max_ejection_percent: 100, interval: 1s, base_ejection_time: 10s}",
            2);
    assertEquals(10, secondsOut(upstream));
    assertEquals(20, secondsOut(upstream));
    assertEquals(30, secondsOut(upstream));
    upstreams.time.advance(Duration.ofSeconds(2));
    assertEquals(20, secondsOut(upstream));
    upstreams.time.advance(Duration.ofSeconds(100));
    assertEquals(10, secondsOut(upstream));
  }

  @Test
  void jitterLengthensEachEjectionAtRandom() {
    Set<Long> seen = new HashSet<>();
    for (int i = 0; i < 20; i++) {
      Upstream upstream =
          upstreams.create(
              "outlier_detection: {max_ejection_percent: 100, interval: 1s, base_ejection_time: 10s,"
                  + " max_ejection_time_jitter: 5s}",
              2);
      long seconds = secondsOut(upstream);
      assertTrue(seconds >= 10 && seconds <= 15, "out for " + seconds + " s");
      seen.add(seconds);
    }
    assertTrue(seen.size() > 1, "always " + seen);
  }

  @Test
  void withoutEnoughOthersAnEjectedEndpointIsPickedInPanic() {
    Upstream upstream = upstreams.create(ANY, 2);
    Upstreams.report(upstream, 1, 503, 5);
    Upstreams.report(upstream, 2, 503, 5);
    assertTrue(upstream.isPanic());
    assertEquals(2, new HashSet<>(Upstreams.picks(upstream, 2)).size());
    Upstreams.report(upstream, 1, 503, 50);
    assertEquals(2, upstreams.events.size(), "who is out already is not ejected again");
  }

  @Test
  void anEjectedEndpointThatGoesMakesRoomForAnother() {
    Upstream upstream =
        upstreams.create(
            "outlier_detection: {max_ejection_percent: 0, always_eject_one_host: true}", 3);
    Upstreams.report(upstream, 3, 503, 5);
    assertTrue(ejected(upstream, 3));
    upstream.update(Upstreams.addresses(2));
    Upstreams.report(upstream, 1, 503, 5);
    assertTrue(ejected(upstream, 1));
  }

  @Test
  void aReportOfAnEndpointThatIsGoneDoesNothing() {
    Upstream upstream = upstreams.create(ANY, 2);
    Endpoint gone = Upstreams.endpoint(upstream, 2);
    upstream.update(Upstreams.addresses(1));
    for (int i = 0; i < 5; i++) {
      upstream.report(gone, 503);
    }
    assertFalse(gone.isEjected());
  }

  @Test
  void ejectionSurvivesUpdatesOfEndpointsAndOfTheCluster() {
    Upstream upstream = upstreams.create(ANY, 3);
    Upstreams.report(upstream, 1, 503, 5);
    upstream.update(Upstreams.addresses(4));
    assertTrue(ejected(upstream, 1));
    Upstream next =
        upstream.next(XdsYaml.cluster(Upstreams.cluster(ANY + "\nconnect_timeout: 9s")));
    assertTrue(ejected(next, 1));
    upstreams.time.advance(Duration.ofSeconds(30));
    assertFalse(ejected(next, 1));
  }

  @Test
  void updatesThatComeMoreOftenThanSweepsDoNotPutThemOff() {
    Upstream upstream = upstreams.create(ANY, 3);
    Upstreams.report(upstream, 1, 503, 5);
    for (int i = 1; i <= 10; i++) {
      upstreams.time.advance(Duration.ofSeconds(4));
      upstream =
          upstream.next(XdsYaml.cluster(Upstreams.cluster(ANY + "\nconnect_timeout: " + i + "s")));
    }
    assertFalse(ejected(upstream, 1));
    assertEquals(1, upstreams.time.timers());
  }

  @Test
  void withoutDetectionWhoWasEjectedReturnsAtOnce() {
    Upstream upstream = upstreams.create(ANY, 3);
    Upstreams.report(upstream, 1, 503, 5);
    Upstream next = upstream.next(XdsYaml.cluster(Upstreams.cluster("")));
    assertFalse(ejected(next, 1));
    assertTrue(Upstreams.picks(next, 3).contains("10.0.0.1:80"));
    assertEquals(0, upstreams.time.timers());
  }

  @Test
  void newSettingsCountFromTheBeginningAndKeepWhoIsOut() {
    Upstream upstream = upstreams.create(ANY, 4);
    Upstreams.report(upstream, 1, 503, 5);
    Upstreams.report(upstream, 2, 503, 4);
    Upstream next =
        upstream.next(
            XdsYaml.cluster(
                Upstreams.cluster(
                    "outlier_detection: {consecutive_5xx: 3, max_ejection_percent: 100}")));
    assertTrue(ejected(next, 1));
    upstream.report(Upstreams.endpoint(upstream, 3), 503); // by a call that began before
    Upstreams.report(next, 2, 503, 2);
    assertFalse(ejected(next, 2));
    Upstreams.report(next, 2, 503, 1);
    assertTrue(ejected(next, 2));
    Upstreams.report(next, 3, 503, 2);
    assertFalse(ejected(next, 3));
  }

  @Test
  void theEndOfAClusterEndsItsSweeps() {
    upstreams.create(ANY, 1).close();
    assertEquals(0, upstreams.time.timers());
  }

  private static boolean ejected(Upstream upstream, int number) {
    return Upstreams.endpoint(upstream, number).isEjected();
  }

  /** Ejects the first endpoint and counts the seconds until it is back. */
  private long secondsOut(Upstream upstream) {
    Upstreams.report(upstream, 1, 503, 5);
    assertTrue(ejected(upstream, 1));
    long seconds = 0;
    while (ejected(upstream, 1) && seconds < 1_000) {
      upstreams.time.advance(Duration.ofSeconds(1));
      seconds++;
    }
    return seconds;
  }
}
