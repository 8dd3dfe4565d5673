package dev.proxyless.mesh.discovery;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.proxyless.mesh.model.Cluster.Discovery;
import dev.proxyless.mesh.model.Cluster.HostAndPort;
import dev.proxyless.mesh.model.Cluster.IpPreference;
import dev.proxyless.mesh.model.EndpointAssignment;
import dev.proxyless.mesh.testing.LogLines;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class DnsLookupTest {

  /** What names resolve to; one that is not there is unknown. */
  private final Map<String, List<String>> zone = new HashMap<>();

  private InetAddress[] find(String host) throws UnknownHostException {
    List<String> addresses = zone.get(host);
    if (addresses == null) {
      throw new UnknownHostException(host);
    }
    InetAddress[] found = new InetAddress[addresses.size()];
    for (int i = 0; i < found.length; i++) {
      found[i] = InetAddress.getByName(addresses.get(i)); // digits are not looked up
    }
    return found;
  }

  private DnsLookup lookup(boolean logical, IpPreference family, String... hosts) {
    List<HostAndPort> all = Arrays.stream(hosts).map(host -> new HostAndPort(host, 80)).toList();
    return new DnsLookup(
        new Discovery.Dns(all, logical, Duration.ofSeconds(5), family), this::find);
  }

  private static List<String> addresses(DnsLookup lookup) {
    EndpointAssignment found = lookup.resolve();
    return IntStream.range(0, found.size())
        .mapToObj(i -> found.hostname(i) + "=" + found.address(i) + ":" + found.port(i))
        .toList();
  }

  @Test
  void strictDnsTakesEveryAddressInTheSameOrderHoweverTheyCome() {
    DnsLookup lookup = lookup(false, IpPreference.IPV4_ONLY, "b");
    zone.put("b", List.of("10.0.0.2", "10.0.0.1"));
    assertEquals(List.of("b=10.0.0.1:80", "b=10.0.0.2:80"), addresses(lookup));
    EndpointAssignment before = lookup.resolve();
    zone.put("b", List.of("10.0.0.1", "10.0.0.2"));
    assertEquals(before, lookup.resolve());
  }

  @Test
  void logicalDnsTakesTheFirstAddress() {
    zone.put("b", List.of("10.0.0.2", "10.0.0.1"));
    assertEquals(
        List.of("b=10.0.0.2:80"), addresses(lookup(true, IpPreference.IPV4_PREFERRED, "b")));
  }

  @ParameterizedTest
  @CsvSource({
    "10.0.0.1 fd00::1, IPV4_PREFERRED, 10.0.0.1",
    "10.0.0.1 fd00::1, IPV6_PREFERRED, fd00:0:0:0:0:0:0:1",
    "10.0.0.1 fd00::1, IPV4_ONLY,      10.0.0.1",
    "10.0.0.1 fd00::1, IPV6_ONLY,      fd00:0:0:0:0:0:0:1",
    "10.0.0.1,         IPV6_PREFERRED, 10.0.0.1",
    "fd00::1,          IPV4_PREFERRED, fd00:0:0:0:0:0:0:1"
  })
  void addressesAreOfThePreferredFamilyWhereThereAreAny(
      String found, IpPreference family, String expected) {
    zone.put("b", List.of(found.split(" ")));
    assertEquals(List.of("b=" + expected + ":80"), addresses(lookup(false, family, "b")));
  }

  @Test
  void aFamilyThatANameDoesNotHaveIsSaid() {
    zone.put("b", List.of("10.0.0.1"));
    DnsLookup lookup = lookup(false, IpPreference.IPV6_ONLY, "b");
    UncheckedIOException failed = assertThrows(UncheckedIOException.class, lookup::resolve);
    assertTrue(
        String.valueOf(failed.getMessage()).contains("b has no address that IPV6_ONLY allows"),
        failed::toString);
  }

  @Test
  void aNameThatFailsKeepsItsAddressesAndDoesNotHoldUpTheOthers() {
    zone.put("a", List.of("10.0.0.1"));
    zone.put("b", List.of("10.0.0.2"));
    DnsLookup lookup = lookup(false, IpPreference.IPV4_ONLY, "a", "b", "never");
    assertEquals(List.of("a=10.0.0.1:80", "b=10.0.0.2:80"), addresses(lookup));

    zone.remove("a");
    zone.put("b", List.of("10.0.0.3"));
    try (LogLines log = new LogLines()) {
      assertEquals(List.of("a=10.0.0.1:80", "b=10.0.0.3:80"), addresses(lookup));
      assertEquals(1, log.with("dns: a of").size());
    }

    zone.remove("b");
    assertThrows(UncheckedIOException.class, lookup::resolve, "all of them: the source has failed");
  }
}
