package dev.proxyless.mesh.discovery;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.proxyless.mesh.model.Cluster.Discovery;
import dev.proxyless.mesh.model.Cluster.IpPreference;
import dev.proxyless.mesh.model.EndpointAssignment;
import dev.proxyless.mesh.model.EndpointAssignment.Health;
import dev.proxyless.mesh.model.Locality;
import dev.proxyless.mesh.telemetry.MeshMeters;
import dev.proxyless.mesh.testing.FakeCloudMap;
import dev.proxyless.mesh.testing.LogLines;
import dev.proxyless.mesh.testing.VirtualTime;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Cloud Map, asked by the real AWS SDK over a socket. The clock alone is not real. */
class CloudMapTest {

  private static final String SERVICE = "serviceb.apps.local";
  private static final Duration INTERVAL = Duration.ofSeconds(5);

  private final VirtualTime time = new VirtualTime(7);
  private final FakeCloudMap cloudMap = new FakeCloudMap();
  private final EndpointSources sources =
      new EndpointSources(Optional.of(settings()), time, MeshMeters.NONE);
  private final List<EndpointAssignment> told = new ArrayList<>();

  private CloudMapSettings settings() {
    return new CloudMapSettings(
        Optional.of(cloudMap.endpoint()), Optional.of(FakeCloudMap.REGION), INTERVAL);
  }

  @AfterEach
  void end() {
    sources.close();
    cloudMap.close();
  }

  private static Discovery.CloudMap cluster(
      Map<String, String> attributes, int port, IpPreference preference) {
    return new Discovery.CloudMap(
        "cluster-" + port, "apps.local", "serviceb", attributes, port, preference);
  }

  private static Discovery.CloudMap cluster() {
    return cluster(Map.of(), 8000, IpPreference.IPV4_PREFERRED);
  }

  private EndpointSource open(Discovery.CloudMap cluster) {
    return sources.open(cluster, told::add);
  }

  private static List<String> addresses(EndpointAssignment assignment) {
    return IntStream.range(0, assignment.size())
        .mapToObj(i -> assignment.address(i) + " " + assignment.port(i))
        .toList();
  }

  private List<String> last() {
    return addresses(told.get(told.size() - 1));
  }

  @Test
  void theEndpointIsAskedByItsOwnNameAndSignedFor() {
    cloudMap.register(SERVICE, List.of(9001));

    open(cluster());

    assertEquals(List.of("127.0.0.1 9001"), last());
    FakeCloudMap.Query query = cloudMap.queries().get(0);
    assertEquals(cloudMap.endpoint().getAuthority(), query.host(), "no data- before it");
    assertEquals("Route53AutoNaming_v20170314.DiscoverInstances", query.target());
    assertTrue(query.signed(), "with credentials of the region");
    assertEquals("apps.local", query.body().get("NamespaceName"));
    assertEquals("serviceb", query.body().get("ServiceName"));
    assertEquals("ALL", query.body().get("HealthStatus"), "health is judged here");
    assertEquals("1000", query.body().get("MaxResults"), "there are no pages");
  }

  @Test
  void attributesChooseInstances() {
    String family = "ECS_TASK_DEFINITION_FAMILY";
    for (int i = 1; i <= 3; i++) {
      Map<String, String> attributes =
          Map.of("AWS_INSTANCE_IPV4", "10.0.0." + i, family, i == 1 ? "v1" : "v2");
      cloudMap.add(SERVICE, "i-" + i, "HEALTHY", attributes);
    }

    open(cluster(Map.of(family, "v1"), 8000, IpPreference.IPV4_ONLY));

    assertEquals(List.of("10.0.0.1 8000"), last());
    assertEquals("{" + family + "=v1}", cloudMap.queries().get(0).body().get("QueryParameters"));
  }

  @Test
  void healthAndZoneAreTakenOver() {
    Map<String, String> zone = Map.of("REGION", "r", "AVAILABILITY_ZONE", "ra");
    for (String health : List.of("HEALTHY", "UNHEALTHY", "UNKNOWN")) {
      cloudMap.add(SERVICE, "i-" + health, health, with(zone, "AWS_INSTANCE_IPV4", "10.0.0.1"));
    }

    open(cluster());

    EndpointAssignment found = told.get(0);
    assertEquals(
        List.of(Health.HEALTHY, Health.UNHEALTHY, Health.UNKNOWN),
        IntStream.range(0, found.size()).mapToObj(found::health).toList());
    assertEquals(new Locality("r", "ra", ""), found.locality(0));
  }

  private static Map<String, String> with(Map<String, String> some, String name, String value) {
    Map<String, String> more = new HashMap<>(some);
    more.put(name, value);
    return more;
  }

  @ParameterizedTest
  @CsvSource({
    "10.0.0.1, ,     9000, IPV4_PREFERRED, 10.0.0.1 9000",
    "10.0.0.1, ,         , IPV4_PREFERRED, 10.0.0.1 8000",
    "10.0.0.1, fd00::1,  , IPV4_PREFERRED, 10.0.0.1 8000",
    "10.0.0.1, fd00::1,  , IPV6_PREFERRED, fd00::1 8000",
    "        , fd00::1,  , IPV4_PREFERRED, fd00::1 8000",
    "10.0.0.1, ,         , IPV6_PREFERRED, 10.0.0.1 8000",
    "10.0.0.1, fd00::1,  , IPV4_ONLY,      10.0.0.1 8000",
    "10.0.0.1, fd00::1,  , IPV6_ONLY,      fd00::1 8000",
    "10.0.0.1, ,         , IPV6_ONLY,      ",
    "        , fd00::1,  , IPV4_ONLY,      ",
    "        , ,     9000, IPV4_PREFERRED, ",
  })
  void theAddressFollowsThePreferenceAndThePortTheInstance(
      String ipv4, String ipv6, String port, IpPreference preference, String expected) {
    Map<String, String> attributes = new HashMap<>();
    attributes.put("AWS_INSTANCE_CNAME", "b.example.com");
    put(attributes, "AWS_INSTANCE_IPV4", ipv4);
    put(attributes, "AWS_INSTANCE_IPV6", ipv6);
    put(attributes, "AWS_INSTANCE_PORT", port);
    cloudMap.add(SERVICE, "i-1", "HEALTHY", attributes);

    open(cluster(Map.of(), 8000, preference));

    assertEquals(expected == null ? List.of() : List.of(expected), last());
  }

  private static void put(Map<String, String> attributes, String name, String value) {
    if (value != null) {
      attributes.put(name, value);
    }
  }

  @Test
  void anInstanceThatCannotBeUsedIsToldOnce() {
    cloudMap.add(SERVICE, "i-cname", "HEALTHY", Map.of("AWS_INSTANCE_CNAME", "b.example.com"));
    try (LogLines log = new LogLines()) {
      open(cluster());
      time.advance(Duration.ofMinutes(1));

      List<String> lines = log.with("i-cname of serviceb.apps.local is left out");
      assertEquals(1, lines.size(), lines::toString);
      assertTrue(lines.get(0).contains("right would be AWS_INSTANCE_IPV4"), lines::toString);
    }
    assertTrue(cloudMap.requests() > 5, "it was asked again and again");
  }

  @ParameterizedTest
  @ValueSource(strings = {"0", "65536", "-1", "http", ""})
  void aPortThatIsNoneIsToldAndTheListenersIsUsed(String port) {
    cloudMap.add(
        SERVICE,
        "i-1",
        "HEALTHY",
        Map.of("AWS_INSTANCE_IPV4", "10.0.0.1", "AWS_INSTANCE_PORT", port));
    try (LogLines log = new LogLines()) {
      open(cluster());

      assertEquals(List.of("10.0.0.1 8000"), last());
      List<String> lines = log.with("AWS_INSTANCE_PORT is \"" + port + "\"");
      assertEquals(1, lines.size(), lines::toString);
      assertTrue(lines.get(0).contains("i-1 of serviceb.apps.local"), lines::toString);
      assertTrue(lines.get(0).contains("right would be 1 to 65535"), lines::toString);
    }
  }

  @Test
  void clustersOfOneServiceShareOneQuestion() {
    cloudMap.add(SERVICE, "i-1", "HEALTHY", Map.of("AWS_INSTANCE_IPV4", "10.0.0.1"));

    EndpointSource first = open(cluster());
    assertEquals(List.of("10.0.0.1 8000"), last());
    EndpointSource second = open(cluster(Map.of(), 8443, IpPreference.IPV4_ONLY));
    assertEquals(List.of("10.0.0.1 8443"), last(), "told at once what is known");
    assertEquals(1, cloudMap.requests());

    cloudMap.add(SERVICE, "i-2", "HEALTHY", Map.of("AWS_INSTANCE_IPV4", "10.0.0.2"));
    time.advance(Duration.ofSeconds(6));
    assertEquals(2, cloudMap.requests());
    assertEquals(4, told.size());
    assertEquals(List.of("10.0.0.1 8000", "10.0.0.2 8000"), addresses(told.get(2)));
    assertEquals(List.of("10.0.0.1 8443", "10.0.0.2 8443"), addresses(told.get(3)));

    first.close();
    time.advance(Duration.ofSeconds(6));
    assertEquals(3, cloudMap.requests(), "one is left who wants to know");
    second.close();
    time.advance(Duration.ofMinutes(5));
    assertEquals(3, cloudMap.requests(), "nobody is");
  }

  @Test
  void anotherAttributeIsAnotherQuestion() {
    cloudMap.register(SERVICE, List.of(9001));

    open(cluster());
    open(cluster(Map.of("REGION", "elsewhere"), 8000, IpPreference.IPV4_PREFERRED));

    assertEquals(2, cloudMap.requests());
    assertEquals(List.of(), last());
  }

  @Test
  void itIsAskedAheadOfNeedAndNotInStep() {
    cloudMap.register(SERVICE, List.of(9001));
    open(cluster());
    List<Duration> pauses = new ArrayList<>();
    for (int i = 0; i < 20; i++) {
      Duration before = time.elapsed();
      int asked = cloudMap.requests();
      while (cloudMap.requests() == asked) {
        time.advance(Duration.ofMillis(10));
      }
      pauses.add(time.elapsed().minus(before));
    }
    for (Duration pause : pauses) {
      assertTrue(
          pause.compareTo(Duration.ofMillis(4_490)) >= 0
              && pause.compareTo(Duration.ofMillis(5_520)) <= 0,
          pauses::toString);
    }
    assertTrue(pauses.stream().distinct().count() > 5, pauses::toString);
    assertEquals(1, told.size(), "nothing has changed");
  }

  @Test
  void whatTheSourceRemovesIsRemoved() {
    cloudMap.register(SERVICE, List.of(9001, 9002));
    open(cluster());
    cloudMap.register(SERVICE, List.of(9002));
    time.advance(Duration.ofSeconds(6));
    assertEquals(List.of("127.0.0.1 9002"), last());
    cloudMap.register(SERVICE, List.of());
    time.advance(Duration.ofSeconds(6));
    assertEquals(List.of(), last(), "the last one too");
  }

  @Test
  void anotherOrderIsNoChange() {
    cloudMap.register(SERVICE, List.of(9001, 9002, 9003));
    open(cluster());
    cloudMap.register(SERVICE, List.of(9003, 9001, 9002));
    time.advance(Duration.ofSeconds(6));
    assertEquals(2, cloudMap.requests());
    assertEquals(1, told.size());
  }

  /** {@code DELETED} stands for a service that is gone, {@code HANGUP} for no answer at all. */
  @ParameterizedTest
  @CsvSource({
    "500, InternalFailure",
    "400, AccessDeniedException",
    "400, ThrottlingException",
    "400, RequestLimitExceeded",
    "0, DELETED",
    "0, HANGUP"
  })
  void whatWasKnownStaysWhereTheSourceFails(int status, String type) {
    cloudMap.register(SERVICE, List.of(9001));
    open(cluster());
    switch (type) {
      case "DELETED" -> cloudMap.delete(SERVICE);
      case "HANGUP" -> cloudMap.hangUp();
      default -> cloudMap.failWith(status, type);
    }
    try (LogLines log = new LogLines()) {
      time.advance(Duration.ofSeconds(6));
      List<String> lines = log.with("cloud_map does not answer for serviceb.apps.local");
      assertEquals(1, lines.size(), lines::toString);
      assertTrue(lines.get(0).contains("the endpoints known stay in use"), lines::toString);
      assertTrue(
          type.equals("HANGUP") || lines.get(0).contains(status == 0 ? SERVICE : "by the test"),
          lines::toString);
    }
    assertEquals(1, told.size(), "nobody was told anything");

    cloudMap.mend();
    cloudMap.register(SERVICE, List.of(9002));
    int asked = cloudMap.requests();
    time.advance(Duration.ofMillis(7_900)); // since the failure at 5.5 s at the latest: 8.4 s
    assertEquals(asked, cloudMap.requests(), "it is left in peace for two intervals, less a tenth");
    time.advance(Duration.ofSeconds(3));
    assertEquals(List.of("127.0.0.1 9002"), last(), "and is back in use after that");
  }

  @Test
  void pausesGrowToTwelveIntervalsAndBeginAnewAfterAnAnswer() {
    cloudMap.register(SERVICE, List.of(9001));
    open(cluster());
    cloudMap.failWith(400, "AccessDeniedException"); // which the SDK does not ask again
    List<Long> pauses = new ArrayList<>();
    Duration before = time.elapsed();
    for (int i = 0; i < 7; i++) {
      if (i == 6) {
        cloudMap.mend();
      }
      int asked = cloudMap.requests();
      while (cloudMap.requests() == asked) {
        time.advance(Duration.ofMillis(100));
      }
      pauses.add(Math.round(time.elapsed().minus(before).toMillis() / 5_000.0));
      before = time.elapsed();
    }
    assertEquals(1, pauses.get(0), pauses::toString);
    assertEquals(2, pauses.get(1), pauses::toString);
    assertEquals(4, pauses.get(2), 1, pauses::toString);
    assertEquals(8, pauses.get(3), 1, pauses::toString);
    assertEquals(12, pauses.get(4), 1.5, pauses::toString);
    assertEquals(12, pauses.get(5), 1.5, pauses::toString);
    int asked = cloudMap.requests();
    time.advance(Duration.ofSeconds(6));
    assertEquals(asked + 1, cloudMap.requests(), "one answer, and the pause is short again");
  }

  @Test
  void aFailureBeforeTheFirstAnswerSaysThatNothingIsKnown() {
    try (LogLines log = new LogLines()) {
      open(cluster());

      List<String> lines = log.with("cloud_map does not answer for serviceb.apps.local");
      assertEquals(1, lines.size(), lines::toString);
      assertTrue(lines.get(0).contains("no endpoints are known yet"), lines::toString);
    }
    assertEquals(List.of(), told);
  }

  @Test
  void aSourceThatNeverAnswersIsNotWaitedForLong() {
    cloudMap.keepWaiting();
    try (AwsInstanceQuery query = new AwsInstanceQuery(settings(), Duration.ofMillis(300))) {
      long begin = System.nanoTime();

      RuntimeException failed =
          assertThrows(
              RuntimeException.class, () -> query.discover("apps.local", "serviceb", Map.of()));

      assertTrue(Duration.ofNanos(System.nanoTime() - begin).toSeconds() < 5);
      assertTrue(String.valueOf(failed.getMessage()).contains("300 milli"), failed::toString);
    }
  }

  @Test
  void withoutSettingsCloudMapIsNotAsked() {
    EndpointSources none = new EndpointSources(Optional.empty(), time, MeshMeters.NONE);

    assertEquals(false, none.resolves(cluster()));
    assertThrows(IllegalArgumentException.class, () -> none.open(cluster(), told::add));
  }
}
