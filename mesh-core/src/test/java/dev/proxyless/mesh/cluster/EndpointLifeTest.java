package dev.proxyless.mesh.cluster;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotSame;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.proxyless.mesh.model.EndpointAssignment;
import dev.proxyless.mesh.model.EndpointAssignment.Health;
import dev.proxyless.mesh.model.Locality;
import dev.proxyless.mesh.testing.XdsYaml;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class EndpointLifeTest {

  private final Upstreams upstreams = new Upstreams();

  /** Counts how often it was closed. */
  private static final class Resource implements AutoCloseable {
    private final AtomicInteger closed = new AtomicInteger();

    @Override
    public void close() {
      closed.incrementAndGet();
    }
  }

  @Test
  void anEndpointLivesAsLongAsItsAddress() {
    Upstream upstream = upstreams.create("", 2);
    Endpoint endpoint = Upstreams.endpoint(upstream, 1);
    endpoint.begin();
    upstream.update(
        new EndpointAssignment.Builder()
            .add("10.0.0.3", 80)
            .add("10.0.0.1", 80, "one.local", Health.DRAINING, 2, new Locality("r", "z", "s"))
            .build());
    Endpoint same = Upstreams.endpoint(upstream, 1);
    assertSame(endpoint, same);
    assertEquals(1, same.active());
    assertEquals("one.local", same.hostname());
    assertEquals(Health.DRAINING, same.health());
    assertEquals(2, same.priority());
    assertEquals("z", same.locality().zone());
  }

  @Test
  void anotherPortIsAnotherEndpoint() {
    Upstream upstream = upstreams.create("", 1);
    Endpoint before = Upstreams.endpoint(upstream, 1);
    upstream.update(new EndpointAssignment.Builder().add("10.0.0.1", 81).build());
    assertNotSame(before, Upstreams.endpoint(upstream, 1));
    assertEquals("10.0.0.1:81", Upstreams.endpoint(upstream, 1).name());
  }

  @Test
  void ofAnAddressThatStandsTwiceTheFirstCounts() {
    Upstream upstream = upstreams.create("", 0);
    EndpointAssignment twice =
        new EndpointAssignment.Builder()
            .add("10.0.0.1", 80, "first", Health.HEALTHY, 0, Locality.UNKNOWN)
            .add("10.0.0.1", 80, "second", Health.UNHEALTHY, 1, Locality.UNKNOWN)
            .build();
    for (int i = 0; i < 2; i++) {
      upstream.update(twice);
      assertEquals(1, upstream.endpoints().size());
      assertEquals("first", Upstreams.endpoint(upstream, 1).hostname());
      assertEquals(0, Upstreams.endpoint(upstream, 1).priority());
    }
  }

  @Test
  void whatTransportsKeepIsClosedWhenTheEndpointIsEjectedAndMadeAnewAfterwards() {
    Upstream upstream =
        upstreams.create("outlier_detection: {consecutive_5xx: 1, max_ejection_percent: 100}", 1);
    Endpoint endpoint = Upstreams.endpoint(upstream, 1);
    endpoint.begin();
    Resource before = endpoint.resource(this, at -> new Resource());
    Upstreams.report(upstream, 1, 503, 1);
    assertTrue(endpoint.isEjected());
    assertEquals(1, before.closed.get());
    assertNotSame(before, endpoint.resource(this, at -> new Resource()));
    endpoint.end();
    assertEquals(1, before.closed.get());
  }

  @Test
  void anIpv6AddressStandsInBrackets() {
    Upstream upstream = upstreams.create("", 0);
    upstream.update(new EndpointAssignment.Builder().add("::1", 80).build());
    assertEquals("[::1]:80", upstream.endpoints().get(0).name());
  }

  @Test
  void endpointsSurviveANewVersionOfTheirCluster() {
    Upstream upstream = upstreams.create("", 2);
    Endpoint endpoint = Upstreams.endpoint(upstream, 1);
    Upstream next = upstream.next(XdsYaml.cluster(Upstreams.cluster("connect_timeout: 1s")));
    assertSame(endpoint, Upstreams.endpoint(next, 1));
    next.update(Upstreams.addresses(1));
    assertEquals(1, upstream.endpoints().size(), "a call that began before sees updates too");
  }

  @Test
  void aKeyHasOneResourceUntilTheEndpointGoes() {
    Upstream upstream = upstreams.create("", 1);
    Endpoint endpoint = Upstreams.endpoint(upstream, 1);
    Resource one = endpoint.resource("one", at -> new Resource());
    Resource two = endpoint.resource("two", at -> new Resource());
    assertSame(one, endpoint.resource("one", at -> new Resource()));
    assertNotSame(one, two);
    upstream.update(Upstreams.addresses(1));
    assertEquals(0, one.closed.get());
    upstream.update(Upstreams.addresses(0));
    assertEquals(1, one.closed.get());
    assertEquals(1, two.closed.get());
    upstream.close();
    assertEquals(1, one.closed.get());
  }

  @Test
  void theEndOfAClusterClosesWhatIsKeptForItsEndpoints() {
    Upstream upstream = upstreams.create("", 1);
    Resource kept = Upstreams.endpoint(upstream, 1).resource("key", at -> new Resource());
    upstream.close();
    assertEquals(1, kept.closed.get());
    assertTrue(upstream.endpoints().isEmpty());
  }

  @Test
  void aResourceMadeForATryThatOutlivesTheEndpointIsClosedWithTheTry() {
    Upstream upstream = upstreams.create("", 1);
    Endpoint endpoint = Upstreams.endpoint(upstream, 1);
    endpoint.begin();
    endpoint.begin();
    upstream.update(Upstreams.addresses(0));
    Resource late = endpoint.resource("key", at -> new Resource());
    endpoint.end();
    assertEquals(0, late.closed.get());
    endpoint.end();
    assertEquals(1, late.closed.get());
    assertEquals(0, endpoint.active());
  }

  @Test
  void aResourceThatDoesNotCloseDoesNotKeepTheOthersOpen() {
    Upstream upstream = upstreams.create("", 2);
    Endpoint endpoint = Upstreams.endpoint(upstream, 1);
    AutoCloseable broken =
        () -> {
          throw new IllegalStateException("stuck");
        };
    endpoint.resource("broken", at -> broken);
    Resource good = endpoint.resource("good", at -> new Resource());
    Resource other = Upstreams.endpoint(upstream, 2).resource("other", at -> new Resource());
    upstream.update(Upstreams.addresses(0));
    assertEquals(1, good.closed.get());
    assertEquals(1, other.closed.get());
  }

  @Test
  void anAddressThatComesBackIsANewEndpoint() {
    Upstream upstream = upstreams.create("outlier_detection: {max_ejection_percent: 100}", 2);
    Upstreams.report(upstream, 1, 500, 5);
    assertTrue(Upstreams.endpoint(upstream, 1).isEjected());
    upstream.update(new EndpointAssignment.Builder().add("10.0.0.2", 80).build());
    upstream.update(Upstreams.addresses(2));
    assertFalse(Upstreams.endpoint(upstream, 1).isEjected());
  }
}
