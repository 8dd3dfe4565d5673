package dev.proxyless.mesh.cluster;

import dev.proxyless.mesh.model.EndpointAssignment.Health;
import dev.proxyless.mesh.model.Locality;
import dev.proxyless.mesh.model.Metadata;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
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

  private volatile boolean retired;
  private volatile String hostname = "";
  private volatile Health health = Health.UNKNOWN;
  private volatile int priority;
  private volatile Locality locality = Locality.UNKNOWN;
  private volatile Metadata metadata = Metadata.EMPTY;

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

  /** What discovery said of it besides. */
  public Metadata metadata() {
    return metadata;
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

  /** Whether it takes traffic while its priority is not in panic. */
  boolean isHealthy() {
    return (health == Health.UNKNOWN || health == Health.HEALTHY) && !isEjected();
  }

  /** Whether it takes what the healthy endpoints cannot carry. */
  boolean isDegraded() {
    return health == Health.DEGRADED && !isEjected();
  }

  /** A try began. */
  public void begin() {
    active.incrementAndGet();
  }

  /** A try ended. */
  public void end() {
    if (active.decrementAndGet() == 0 && retired) {
      closeResources();
    }
  }

  EjectionRecord ejection() {
    return ejection;
  }

  /** Takes over what discovery says. On the configuration thread. */
  void update(
      String newHostname,
      Health newHealth,
      int newPriority,
      Locality newLocality,
      Metadata newMetadata) {
    hostname = newHostname;
    health = newHealth;
    priority = newPriority;
    locality = newLocality;
    metadata = newMetadata;
  }

  /**
   * What a transport keeps to reach this endpoint, such as a client with its connections: made on
   * first use and closed when the endpoint goes, or, where a try was under way by then, when the
   * last of them ends. One key has one resource. To be asked between {@link #begin} and {@link
   * #end}.
   */
  @SuppressWarnings("unchecked") // a key belongs to one transport, which asks for one type
  public <T extends AutoCloseable> T resource(Object key, Function<Endpoint, T> make) {
    AutoCloseable found = resources.get(key);
    return (T) (found != null ? found : resources.computeIfAbsent(key, each -> make.apply(this)));
  }

  /**
   * Closes what transports keep. A try that still runs here finishes on its own connection; what it
   * makes anew is closed when it ends.
   */
  void retire() {
    retired = true;
    closeResources();
  }

  /**
   * Lets go of what transports keep, since outlier detection has set the endpoint aside: idle
   * connections close, and what is made later is made anew.
   */
  void drain() {
    closeResources();
  }

  private void closeResources() {
    for (Object key : resources.keySet()) {
      AutoCloseable resource = resources.remove(key);
      if (resource != null) {
        try {
          resource.close();
        } catch (Exception failure) {
          log.warn("what was kept for endpoint {} did not close", name, failure);
        }
      }
    }
  }

  @Override
  public String toString() {
    return name;
  }
}
