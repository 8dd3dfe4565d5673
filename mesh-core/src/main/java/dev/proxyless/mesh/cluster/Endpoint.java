package dev.proxyless.mesh.cluster;

import dev.proxyless.mesh.model.EndpointAssignment.Health;
import dev.proxyless.mesh.model.Locality;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One endpoint of a cluster, alive for as long as discovery keeps its address: its load, its record
 * of errors, its ejection and what a transport keeps for it survive every update that does not
 * remove it.
 *
 * <p>Counters may be changed by any thread. What discovery said, and the ejection, are changed on
 * the configuration thread alone and read by any.
 */
public final class Endpoint {

  private static final Logger log = LoggerFactory.getLogger(Endpoint.class);

  private final String address;
  private final int port;
  private final String name;
  private final AtomicInteger active = new AtomicInteger();
  private final ConcurrentHashMap<Object, AutoCloseable> resources = new ConcurrentHashMap<>();
  private final EjectionRecord ejection = new EjectionRecord();

  private volatile String hostname = "";
  private volatile Health health = Health.UNKNOWN;
  private volatile int priority;
  private volatile Locality locality = Locality.UNKNOWN;

  Endpoint(String address, int port) {
    this.address = address;
    this.port = port;
    name = (address.indexOf(':') < 0 ? address : "[" + address + "]") + ":" + port;
  }

  /** The IP address, as text. */
  public String address() {
    return address;
  }

  public int port() {
    return port;
  }

  /** Address and port; an IPv6 address stands in brackets. */
  public String name() {
    return name;
  }

  /** The host name that discovery gave, or {@code ""}. */
  public String hostname() {
    return hostname;
  }

  public Locality locality() {
    return locality;
  }

  public Health health() {
    return health;
  }

  public int priority() {
    return priority;
  }

  /** Tries in flight. */
  public int active() {
    return active.get();
  }

  /** Whether outlier detection has set the endpoint aside. */
  public boolean isEjected() {
    return ejection.isEjected();
  }

  /** Whether it takes traffic while its cluster is not in panic. */
  boolean isHealthy() {
    boolean saidHealthy = health == Health.UNKNOWN || health == Health.HEALTHY;
    return saidHealthy && !isEjected();
  }

  /** A try began. */
  public void begin() {
    active.incrementAndGet();
  }

  /** A try ended. */
  public void end() {
    active.decrementAndGet();
  }

  EjectionRecord ejection() {
    return ejection;
  }

  /** On the configuration thread. Returns whether anything that balancing looks at has changed. */
  boolean update(String newHostname, Health newHealth, int newPriority, Locality newLocality) {
    boolean changed =
        health != newHealth || priority != newPriority || !locality.equals(newLocality);
    hostname = newHostname;
    health = newHealth;
    priority = newPriority;
    locality = newLocality;
    return changed;
  }

  /**
   * What a transport keeps to reach this endpoint, such as a client with its connections: made on
   * first use and closed when the endpoint goes. One key has one resource.
   */
  @SuppressWarnings("unchecked") // a key belongs to one transport, which asks for one type
  public <T extends AutoCloseable> T resource(Object key, Supplier<T> make) {
    AutoCloseable found = resources.get(key);
    return (T) (found != null ? found : resources.computeIfAbsent(key, each -> make.get()));
  }

  /** Closes what transports keep. A call that still runs here finishes on its own connection. */
  void retire() {
    resources.forEach(
        (key, resource) -> {
          try {
            resource.close();
          } catch (Exception failure) {
            log.warn("what was kept for endpoint {} did not close", name, failure);
          }
        });
    resources.clear();
  }

  @Override
  public String toString() {
    return name;
  }
}
