package dev.proxyless.mesh.telemetry;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.proxyless.mesh.telemetry.MeshMeters.AttemptReason;
import dev.proxyless.mesh.telemetry.MeshMeters.AttemptResult;
import dev.proxyless.mesh.telemetry.MeshMeters.CallMeters;
import dev.proxyless.mesh.telemetry.MeshMeters.ClusterMeters;
import dev.proxyless.mesh.telemetry.MeshMeters.Outcome;
import dev.proxyless.mesh.telemetry.MeshMeters.Registration;
import dev.proxyless.mesh.telemetry.MeshMeters.ServerTlsMode;
import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.Tag;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

final class MicrometerMetersTest {

  private static final long MILLI = TimeUnit.MILLISECONDS.toNanos(1);

  private final SimpleMeterRegistry registry = new SimpleMeterRegistry();
  private final MicrometerMeters meters = new MicrometerMeters(registry);

  @Test
  void everyMeterIsNamedAndTaggedAsDeclaredAndEveryDeclaredOneExists() {
    everythingHappens();

    Map<String, MeterName> declared =
        Arrays.stream(MeterName.values())
            .collect(Collectors.toMap(MeterName::id, Function.identity()));
    Set<String> seen = new TreeSet<>();
    for (Meter meter : registry.getMeters()) {
      MeterName name = declared.get(meter.getId().getName());
      assertNotNull(name, () -> meter.getId() + " is not declared in MeterName");
      assertEquals(new HashSet<>(name.tags()), tagKeys(meter), name::id);
      assertEquals(name.description(), meter.getId().getDescription());
      assertEquals(name.kind().name(), meter.getId().getType().name(), name::id);
      seen.add(name.id());
    }
    assertEquals(new TreeSet<>(declared.keySet()), seen);
  }

  @Test
  void whatHappensAgainMakesNoNewSeries() {
    everythingHappens();
    int series = registry.getMeters().size();
    everythingHappens();

    assertEquals(series, registry.getMeters().size());
  }

  @Test
  void anAttemptIsCountedAndTimed() {
    CallMeters calls = meters.calls("serviceb.apps.local", "serviceB", "cds_b");
    calls.attempt(AttemptReason.FIRST, AttemptResult.SERVER_ERROR, "GET", 503, 20 * MILLI);
    calls.attempt(AttemptReason.RETRY, AttemptResult.SUCCESS, "GET", 200, 10 * MILLI);
    calls.attempt(AttemptReason.FIRST, AttemptResult.CONNECT, "GET", 0, MILLI);

    assertEquals(
        1,
        count(
            "mesh.client.attempts",
            "mesh.cluster=cds_b mesh.route=serviceB reason=first result=server_error"));
    assertEquals(
        1,
        count(
            "mesh.client.attempts",
            "mesh.cluster=cds_b mesh.route=serviceB reason=retry result=success"));
    String target = " mesh.cluster=cds_b mesh.route=serviceB server.address=serviceb.apps.local";
    assertEquals(
        20,
        millis(
            "http.client.request.duration",
            "error.type=503 http.request.method=GET http.response.status_code=503" + target));
    assertEquals(
        10,
        millis(
            "http.client.request.duration",
            "error.type=none http.request.method=GET http.response.status_code=200" + target));
    assertEquals(
        1,
        millis(
            "http.client.request.duration",
            "error.type=connect http.request.method=GET http.response.status_code=none" + target));
  }

  @Test
  void aCallIsTimedByOutcomeAndFlags() {
    CallMeters calls = meters.calls("h", "", "cds_b");
    calls.call(Outcome.SUCCESS, ResponseFlags.NONE, 5 * MILLI);
    calls.call(Outcome.LOCAL, ResponseFlags.of(ResponseFlag.UF).with(ResponseFlag.URX), 7 * MILLI);

    String target = "flag=%s mesh.cluster=cds_b mesh.route=none outcome=%s";
    assertEquals(5, millis("mesh.client.requests", String.format(target, "-", "success")));
    assertEquals(7, millis("mesh.client.requests", String.format(target, "UF,URX", "local")));
  }

  @Test
  void countersOfARouteAndAClusterAreThereBeforeAnythingHappens() {
    meters.calls("h", "r", "cds_b");
    meters.cluster("cds_b", () -> 3, () -> 5, () -> 1).retryDenied("attempts");

    for (AttemptReason reason : AttemptReason.values()) {
      for (AttemptResult result : AttemptResult.values()) {
        String tags =
            "mesh.cluster=cds_b mesh.route=r reason=%s result=%s"
                .formatted(MeterSet.word(reason), MeterSet.word(result));
        assertEquals(0, count("mesh.client.attempts", tags));
      }
    }
    for (String resource : List.of("requests", "retries")) {
      assertEquals(0, count("mesh.circuit.overflow", "mesh.cluster=cds_b resource=" + resource));
    }
    assertEquals(1, count("mesh.client.retry.denied", "cause=attempts mesh.cluster=cds_b"));
    assertEquals(0, count("mesh.client.retry.denied", "cause=overload mesh.cluster=cds_b"));
    for (boolean enforced : new boolean[] {true, false}) {
      assertEquals(
          0,
          count(
              "mesh.outlier.ejections",
              "enforced=" + enforced + " mesh.cluster=cds_b type=consecutive_5xx"));
    }
    assertEquals(3, gauge("mesh.client.active", "mesh.cluster=cds_b"));
    assertEquals(5, gauge("mesh.lb.endpoints", "mesh.cluster=cds_b state=known"));
    assertEquals(1, gauge("mesh.lb.endpoints", "mesh.cluster=cds_b state=ejected"));
  }

  @Test
  void aClusterThatIsClosedTakesItsMetersWithIt() {
    meters.cluster("other", () -> 0, () -> 0, () -> 0);
    Set<Meter.Id> before = ids();
    ClusterMeters cluster = meters.cluster("cds_b", () -> 0, () -> 0, () -> 0);
    cluster.overflow("requests");
    cluster.overflow("of a new kind");
    cluster.ejection("of a new kind", true);

    cluster.close();

    assertEquals(before, ids());
  }

  @Test
  void aClusterThatComesBackIsMeasuredAnew() {
    ClusterMeters first = meters.cluster("cds_b", () -> 1, () -> 1, () -> 1);
    first.overflow("requests");
    first.close();
    ClusterMeters second = meters.cluster("cds_b", () -> 2, () -> 2, () -> 2);
    second.overflow("requests");

    assertEquals(2, gauge("mesh.client.active", "mesh.cluster=cds_b"));
    assertEquals(1, count("mesh.circuit.overflow", "mesh.cluster=cds_b resource=requests"));
  }

  @Test
  void noMeterRemainsOfAMeshThatIsClosed() {
    registry.counter("the.applications.own").increment();
    everythingHappens();

    meters.close();
    everythingHappens(); // calls that outlive their mesh

    assertEquals(
        List.of("the.applications.own"),
        registry.getMeters().stream().map(meter -> meter.getId().getName()).toList());
  }

  @Test
  void aConnectionIsOneOrZero() {
    meters.controlPlane("127.0.0.1:18000", true);
    assertEquals(1, gauge("mesh.xds.connected", "server=127.0.0.1:18000"));

    meters.controlPlane("127.0.0.1:18000", false);
    assertEquals(0, gauge("mesh.xds.connected", "server=127.0.0.1:18000"));
  }

  @Test
  void aCertificatesEndIsToldAsLongAsAnythingUsesIt() {
    Registration old = meters.certificateExpiry("/certs/a.pem", () -> 10);
    Registration renewed = meters.certificateExpiry("/certs/a.pem", () -> 20);
    assertEquals(20, gauge("mesh.tls.certificate.expiry", "source=/certs/a.pem"));

    old.close();
    assertEquals(20, gauge("mesh.tls.certificate.expiry", "source=/certs/a.pem"));

    renewed.close();
    assertNull(find("mesh.tls.certificate.expiry", "source=/certs/a.pem"));

    meters.certificateExpiry("/certs/a.pem", () -> 30);
    assertEquals(30, gauge("mesh.tls.certificate.expiry", "source=/certs/a.pem"));
  }

  @Test
  void aRequestServedIsTimed() {
    meters.server().request("PUT", "https", 201, ServerTlsMode.MUTUAL, 3 * MILLI);
    meters.server().request("PUT", "http", 201, ServerTlsMode.NONE, 4 * MILLI);
    meters.server().request("PUT", "https", 0, ServerTlsMode.NONE, 5 * MILLI);

    String tags = "http.request.method=PUT http.response.status_code=%s mesh.tls=%s url.scheme=%s";
    String name = "http.server.request.duration";
    assertEquals(3, millis(name, tags.formatted("201", "mutual", "https")));
    assertEquals(4, millis(name, tags.formatted("201", "none", "http")));
    assertEquals(5, millis(name, tags.formatted("none", "none", "https")));
  }

  @Test
  void aDecisionIsCountedByPolicy() {
    meters.server().authorization("p", true);
    meters.server().authorization("none", false);
    meters.server().authorization("none", false);

    assertEquals(1, count("mesh.authz.decisions", "action=allow policy=p"));
    assertEquals(2, count("mesh.authz.decisions", "action=deny policy=none"));
  }

  @Test
  void aCallerCannotMakeUpSeries() {
    long seed = new Random().nextLong();
    Random random = new Random(seed);
    for (int i = 0; i < 10_000; i++) {
      String method = Integer.toString(random.nextInt(), 36);
      meters.server().request(method, "s" + i, -i, ServerTlsMode.NONE, MILLI);
      meters.server().request(method, "http", 1_000 + i, ServerTlsMode.NONE, MILLI);
    }

    Set<String> tags =
        registry.getMeters().stream().map(MicrometerMetersTest::tags).collect(Collectors.toSet());
    String made = "http.request.method=_OTHER http.response.status_code=none mesh.tls=none";
    assertEquals(
        Set.of(made + " url.scheme=_OTHER", made + " url.scheme=http"), tags, "seed " + seed);
  }

  @Test
  void aMethodThatNobodyKnowsIsOther() {
    CallMeters calls = meters.calls("h", "r", "c");
    for (int i = 0; i < 1_000; i++) {
      calls.attempt(AttemptReason.FIRST, AttemptResult.SUCCESS, "M" + i, 200, MILLI);
    }

    List<Meter> timers =
        registry.getMeters().stream()
            .filter(meter -> meter.getId().getName().equals("http.client.request.duration"))
            .toList();
    assertEquals(1, timers.size());
    assertEquals("_OTHER", timers.get(0).getId().getTag("http.request.method"));
  }

  private void everythingHappens() {
    CallMeters calls = meters.calls("h", "r", "c");
    calls.attempt(AttemptReason.FIRST, AttemptResult.SUCCESS, "GET", 200, MILLI);
    calls.call(Outcome.SUCCESS, ResponseFlags.NONE, MILLI);
    calls.call(Outcome.LOCAL, ResponseFlags.of(ResponseFlag.UH), MILLI);
    ClusterMeters cluster = meters.cluster("c", () -> 0, () -> 0, () -> 0);
    cluster.ejection("consecutive_5xx", true);
    cluster.overflow("requests");
    cluster.retryDenied("overload");
    meters.server().request("GET", "http", 200, ServerTlsMode.NONE, MILLI);
    meters.server().authorization("p", true);
    meters.controlPlane("s", true);
    meters.update("cluster", "ack");
    meters.discovery("cloud_map", "ok");
    meters.certificateReload("file", "ok");
    meters.certificateExpiry("a.pem", () -> 1);
  }

  private Set<Meter.Id> ids() {
    return registry.getMeters().stream().map(Meter::getId).collect(Collectors.toSet());
  }

  private static Set<String> tagKeys(Meter meter) {
    return meter.getId().getTags().stream().map(Tag::getKey).collect(Collectors.toSet());
  }

  /** Tags by the order of their keys. */
  private static String tags(Meter meter) {
    return meter.getId().getTags().stream()
        .map(tag -> tag.getKey() + "=" + tag.getValue())
        .sorted()
        .collect(Collectors.joining(" "));
  }

  private @Nullable Meter find(String name, String tags) {
    return registry.getMeters().stream()
        .filter(meter -> meter.getId().getName().equals(name) && tags(meter).equals(tags))
        .findFirst()
        .orElse(null);
  }

  private Meter meter(String name, String tags) {
    @Nullable Meter meter = find(name, tags);
    return Objects.requireNonNull(
        meter,
        () ->
            "no "
                + name
                + " with "
                + tags
                + " among "
                + registry.getMeters().stream().map(Meter::getId).toList());
  }

  private double count(String name, String tags) {
    return ((io.micrometer.core.instrument.Counter) meter(name, tags)).count();
  }

  private double gauge(String name, String tags) {
    return ((io.micrometer.core.instrument.Gauge) meter(name, tags)).value();
  }

  private double millis(String name, String tags) {
    var timer = (io.micrometer.core.instrument.Timer) meter(name, tags);
    assertTrue(timer.count() > 0, name);
    return timer.totalTime(TimeUnit.MILLISECONDS);
  }
}
