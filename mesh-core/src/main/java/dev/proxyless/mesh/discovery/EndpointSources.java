package dev.proxyless.mesh.discovery;

import dev.proxyless.mesh.model.Cluster.Discovery;
import dev.proxyless.mesh.telemetry.MeshMeters;
import dev.proxyless.mesh.time.MeshExecutor;
import dev.proxyless.mesh.time.MeshTime;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Cloud Map and DNS, for all clusters of a process: equal questions are asked once. Used by one
 * thread; sinks are called on threads of its own.
 */
public final class EndpointSources implements AutoCloseable {

  private static final Logger log = LoggerFactory.getLogger(EndpointSources.class);

  private final Optional<CloudMapSettings> cloudMap;
  private final MeshTime time;
  private final MeshMeters meters;
  private final MeshExecutor executor;
  private final Map<Discovery, Poller> pollers = new HashMap<>();
  private @Nullable InstanceQuery query;

  /**
   * Sources that have asked nothing yet.
   *
   * @param cloudMap how Cloud Map is asked; empty if it is not
   */
  public EndpointSources(Optional<CloudMapSettings> cloudMap, MeshTime time, MeshMeters meters) {
    this.cloudMap = cloudMap;
    this.time = time;
    this.meters = meters;
    executor = time.pool("discovery");
  }

  /** Whether the AWS SDK that Cloud Map is asked with is on the class path. */
  public static boolean isSdkPresent() {
    try {
      Class.forName(
          "software.amazon.awssdk.services.servicediscovery.ServiceDiscoveryClient",
          false,
          EndpointSources.class.getClassLoader());
      return true;
    } catch (ClassNotFoundException absent) {
      return false;
    }
  }

  /** Whether a cluster's endpoints are looked for here, rather than asked of EDS. */
  public boolean resolves(Discovery discovery) {
    return discovery instanceof Discovery.Dns
        || (discovery instanceof Discovery.CloudMap && cloudMap.isPresent());
  }

  /** Looks for the endpoints of a cluster that {@link #resolves} says yes to. */
  public EndpointSource open(Discovery discovery, EndpointSink sink) {
    Poller poller =
        pollers.computeIfAbsent(
            discovery,
            each -> {
              Poller fresh = poller(each);
              fresh.start();
              return fresh;
            });
    poller.add(sink);
    return () -> {
      if (poller.remove(sink)) {
        poller.close();
        pollers.remove(discovery, poller);
      }
    };
  }

  private Poller poller(Discovery discovery) {
    if (discovery instanceof Discovery.CloudMap map && cloudMap.isPresent()) {
      CloudMapSettings settings = cloudMap.get();
      Supplier<InstanceQuery> client = this::query;
      return new Poller(
          "cloud_map",
          map.service() + "." + map.namespace(),
          () ->
              Instances.toEndpoints(
                  client.get().discover(map.namespace(), map.service(), map.attributes()), map),
          settings.refreshInterval(),
          time,
          executor,
          meters);
    }
    if (discovery instanceof Discovery.Dns dns) {
      return new Poller(
          "dns",
          dns.hosts().toString(),
          () -> DnsLookup.resolve(dns),
          dns.refreshRate(),
          time,
          executor,
          meters);
    }
    throw new IllegalArgumentException("endpoints of " + discovery + " are not looked for here");
  }

  /** Made on a thread of discovery, since loading the SDK takes a second. */
  private synchronized InstanceQuery query() {
    InstanceQuery made = query;
    if (made == null) {
      log.info(
          "asking Cloud Map at {}",
          cloudMap.flatMap(CloudMapSettings::endpoint).map(Object::toString).orElse("AWS"));
      made = new AwsInstanceQuery(cloudMap.orElseThrow());
      query = made;
    }
    return made;
  }

  @Override
  public void close() {
    pollers.values().forEach(Poller::close);
    pollers.clear();
    executor.close();
    synchronized (this) {
      if (query != null) {
        query.close();
      }
    }
  }
}
