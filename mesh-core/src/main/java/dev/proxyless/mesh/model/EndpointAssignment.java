package dev.proxyless.mesh.model;

import java.util.Arrays;
import java.util.Objects;

/**
 * The endpoints of a cluster as columns: endpoint {@code i} has the {@code i}th address, port and
 * so on. A hundred thousand of them cost a few arrays rather than a few hundred thousand objects.
 *
 * <p>What EDS ({@code ClusterLoadAssignment}), Cloud Map, DNS and static clusters all end in.
 * Immutable.
 */
public final class EndpointAssignment {

  /** {@code envoy.config.core.v3.HealthStatus}. */
  public enum Health {
    UNKNOWN,
    HEALTHY,
    UNHEALTHY,
    DRAINING,
    TIMEOUT,
    DEGRADED
  }

  /** No endpoints. */
  public static final EndpointAssignment EMPTY = new Builder().build();

  private final String[] addresses;
  private final int[] ports;
  private final String[] hostnames;
  private final Health[] health;
  private final int[] priorities;
  private final Locality[] localities;
  private final Metadata[] metadata;

  private EndpointAssignment(Builder builder) {
    int size = builder.size;
    addresses = Arrays.copyOf(builder.addresses, size);
    ports = Arrays.copyOf(builder.ports, size);
    hostnames = Arrays.copyOf(builder.hostnames, size);
    health = Arrays.copyOf(builder.health, size);
    priorities = Arrays.copyOf(builder.priorities, size);
    localities = Arrays.copyOf(builder.localities, size);
    metadata = Arrays.copyOf(builder.metadata, size);
  }

  public int size() {
    return addresses.length;
  }

  /** The IP address, as text. */
  public String address(int i) {
    return addresses[i];
  }

  public int port(int i) {
    return ports[i];
  }

  /** The host name, where one is known; else empty. */
  public String hostname(int i) {
    return hostnames[i];
  }

  public Health health(int i) {
    return health[i];
  }

  /** 0 is used first. */
  public int priority(int i) {
    return priorities[i];
  }

  public Locality locality(int i) {
    return localities[i];
  }

  /** What is said of it besides; {@link Metadata#EMPTY} where nothing is. */
  public Metadata metadata(int i) {
    return metadata[i];
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof EndpointAssignment that
        && Arrays.equals(addresses, that.addresses)
        && Arrays.equals(ports, that.ports)
        && Arrays.equals(hostnames, that.hostnames)
        && Arrays.equals(health, that.health)
        && Arrays.equals(priorities, that.priorities)
        && Arrays.equals(localities, that.localities)
        && Arrays.equals(metadata, that.metadata);
  }

  @Override
  public int hashCode() {
    return Objects.hash(Arrays.hashCode(addresses), Arrays.hashCode(ports));
  }

  @Override
  public String toString() {
    return size() + " endpoints";
  }

  /** Collects endpoints. Not thread-safe. */
  public static final class Builder {
    private int size;
    private String[] addresses = new String[8];
    private int[] ports = new int[8];
    private String[] hostnames = new String[8];
    private Health[] health = new Health[8];
    private int[] priorities = new int[8];
    private Locality[] localities = new Locality[8];
    private Metadata[] metadata = new Metadata[8];

    /** Adds a healthy endpoint of priority 0. */
    public Builder add(String address, int port) {
      return add(address, port, "", Health.UNKNOWN, 0, Locality.UNKNOWN);
    }

    /** Adds an endpoint without metadata. */
    public Builder add(
        String address, int port, String hostname, Health status, int priority, Locality locality) {
      return add(address, port, hostname, status, priority, locality, Metadata.EMPTY);
    }

    /** Adds an endpoint. */
    public Builder add(
        String address,
        int port,
        String hostname,
        Health status,
        int priority,
        Locality locality,
        Metadata labels) {
      if (size == addresses.length) {
        grow(size * 2);
      }
      addresses[size] = address;
      ports[size] = port;
      hostnames[size] = hostname;
      health[size] = status;
      priorities[size] = priority;
      localities[size] = locality;
      metadata[size] = labels;
      size++;
      return this;
    }

    private void grow(int capacity) {
      addresses = Arrays.copyOf(addresses, capacity);
      ports = Arrays.copyOf(ports, capacity);
      hostnames = Arrays.copyOf(hostnames, capacity);
      health = Arrays.copyOf(health, capacity);
      priorities = Arrays.copyOf(priorities, capacity);
      localities = Arrays.copyOf(localities, capacity);
      metadata = Arrays.copyOf(metadata, capacity);
    }

    public EndpointAssignment build() {
      return new EndpointAssignment(this);
    }
  }
}
