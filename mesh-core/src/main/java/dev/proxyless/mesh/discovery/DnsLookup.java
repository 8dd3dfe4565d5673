package dev.proxyless.mesh.discovery;

import dev.proxyless.mesh.model.Cluster.Discovery;
import dev.proxyless.mesh.model.Cluster.HostAndPort;
import dev.proxyless.mesh.model.Cluster.IpPreference;
import dev.proxyless.mesh.model.EndpointAssignment;
import dev.proxyless.mesh.model.EndpointAssignment.Health;
import dev.proxyless.mesh.model.Locality;
import java.io.UncheckedIOException;
import java.net.Inet4Address;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;

/**
 * Asks the operating system for addresses. {@code STRICT_DNS} takes every address as an endpoint,
 * {@code LOGICAL_DNS} the first one.
 */
final class DnsLookup {

  private DnsLookup() {}

  static EndpointAssignment resolve(Discovery.Dns dns) {
    EndpointAssignment.Builder endpoints = new EndpointAssignment.Builder();
    for (HostAndPort host : dns.hosts()) {
      List<InetAddress> addresses = addresses(host.host(), dns.family());
      for (InetAddress address : dns.logical() ? addresses.subList(0, 1) : sorted(addresses)) {
        endpoints.add(
            address.getHostAddress(),
            host.port(),
            host.host(),
            Health.UNKNOWN,
            0,
            Locality.UNKNOWN);
      }
    }
    return endpoints.build();
  }

  /** Resolvers rotate their answers; the same addresses are to give the same assignment. */
  private static List<InetAddress> sorted(List<InetAddress> addresses) {
    return addresses.stream().sorted(Comparator.comparing(InetAddress::getHostAddress)).toList();
  }

  /** At least one address, those of the preferred family alone where there are any. */
  private static List<InetAddress> addresses(String host, IpPreference family) {
    InetAddress[] all;
    try {
      all = InetAddress.getAllByName(host);
    } catch (UnknownHostException unknown) {
      throw new UncheckedIOException(unknown);
    }
    List<InetAddress> ipv4 = Arrays.stream(all).filter(Inet4Address.class::isInstance).toList();
    List<InetAddress> ipv6 = Arrays.stream(all).filter(a -> !(a instanceof Inet4Address)).toList();
    List<InetAddress> chosen =
        switch (family) {
          case IPV4_ONLY -> ipv4;
          case IPV6_ONLY -> ipv6;
          case IPV4_PREFERRED -> ipv4.isEmpty() ? ipv6 : ipv4;
          case IPV6_PREFERRED -> ipv6.isEmpty() ? ipv4 : ipv6;
        };
    if (chosen.isEmpty()) {
      throw new UncheckedIOException(
          new UnknownHostException(host + " has no address that " + family + " allows"));
    }
    return chosen;
  }
}
