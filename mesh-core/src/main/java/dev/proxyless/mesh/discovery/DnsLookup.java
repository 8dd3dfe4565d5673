package dev.proxyless.mesh.discovery;

import dev.proxyless.mesh.model.Cluster.Discovery;
import dev.proxyless.mesh.model.Cluster.HostAndPort;
import dev.proxyless.mesh.model.EndpointAssignment;
import dev.proxyless.mesh.model.EndpointAssignment.Health;
import dev.proxyless.mesh.model.Locality;
import java.io.UncheckedIOException;
import java.net.Inet4Address;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Asks the operating system for addresses. {@code STRICT_DNS} takes every address as an endpoint,
 * {@code LOGICAL_DNS} the first one. Each name stands for itself: one that cannot be looked up
 * keeps the addresses that it had and does not hold up the others. Used by one thread at a time.
 */
final class DnsLookup {

  private static final Logger log = LoggerFactory.getLogger(DnsLookup.class);

  private final Discovery.Dns dns;
  private final Resolver resolver;
  private final Map<String, List<InetAddress>> known = new HashMap<>();

  /** Finds the addresses of a name. */
  interface Resolver {
    InetAddress[] addresses(String host) throws UnknownHostException;
  }

  DnsLookup(Discovery.Dns dns) {
    this(dns, InetAddress::getAllByName);
  }

  DnsLookup(Discovery.Dns dns, Resolver resolver) {
    this.dns = dns;
    this.resolver = resolver;
  }

  /**
   * The endpoints now.
   *
   * @throws UncheckedIOException if no name can be looked up
   */
  EndpointAssignment resolve() {
    EndpointAssignment.Builder endpoints = new EndpointAssignment.Builder();
    List<UnknownHostException> failures = new ArrayList<>();
    for (HostAndPort host : dns.hosts()) {
      try {
        known.put(host.host(), addresses(host.host()));
      } catch (UnknownHostException failed) {
        failures.add(failed);
      }
      for (InetAddress address : known.getOrDefault(host.host(), List.of())) {
        endpoints.add(
            address.getHostAddress(),
            host.port(),
            host.host(),
            Health.UNKNOWN,
            0,
            Locality.UNKNOWN);
      }
    }
    if (!failures.isEmpty() && failures.size() == dns.hosts().size()) {
      throw new UncheckedIOException(failures.get(0));
    }
    failures.forEach(
        failed -> log.warn("dns: {} of {}; its addresses stay", failed.getMessage(), dns.hosts()));
    return endpoints.build();
  }

  /** Resolvers rotate their answers; the same addresses are to give the same assignment. */
  private static List<InetAddress> sorted(List<InetAddress> addresses) {
    return addresses.stream().sorted(Comparator.comparing(InetAddress::getHostAddress)).toList();
  }

  /** At least one address, those of the preferred family alone where there are any. */
  private List<InetAddress> addresses(String host) throws UnknownHostException {
    InetAddress[] all = resolver.addresses(host);
    List<InetAddress> ipv4 = Arrays.stream(all).filter(Inet4Address.class::isInstance).toList();
    List<InetAddress> ipv6 = Arrays.stream(all).filter(a -> !(a instanceof Inet4Address)).toList();
    List<InetAddress> chosen =
        switch (dns.family()) {
          case IPV4_ONLY -> ipv4;
          case IPV6_ONLY -> ipv6;
          case IPV4_PREFERRED -> ipv4.isEmpty() ? ipv6 : ipv4;
          case IPV6_PREFERRED -> ipv6.isEmpty() ? ipv4 : ipv6;
        };
    if (chosen.isEmpty()) {
      throw new UnknownHostException(host + " has no address that " + dns.family() + " allows");
    }
    return dns.logical() ? chosen.subList(0, 1) : sorted(chosen);
  }
}
