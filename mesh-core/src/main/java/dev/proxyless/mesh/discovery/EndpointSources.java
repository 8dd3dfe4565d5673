package dev.proxyless.mesh.discovery;

import dev.proxyless.mesh.model.Cluster.Discovery;
import dev.proxyless.mesh.model.EndpointAssignment;
import dev.proxyless.mesh.telemetry.MeshMeters;
import dev.proxyless.mesh.time.MeshExecutor;
import dev.proxyless.mesh.time.MeshTime;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import java.util.function.Function;
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
  private final Map<Question, Poller<Instances>> cloudMapPollers = new HashMap<>();
  private final Map<Discovery.Dns, Poller<EndpointAssignment>> dnsPollers = new HashMap<>();
  private final ReentrantLock making = new ReentrantLock();
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

  /**
   * Whether the AWS SDK that Cloud Map is asked with, and its HTTP client, are on the class path,
   * whole: an application may have parts of the SDK for other services.
   */
  public static boolean isSdkPresent() {
    ClassLoader loader = EndpointSources.class.getClassLoader();
    try {
      Class.forName(
          "software.amazon.awssdk.services.servicediscovery.ServiceDiscoveryClient", false, loader);
      Class.forName(
          "software.amazon.awssdk.http.urlconnection.UrlConnectionHttpClient", false, loader);
      return true;
    } catch (ClassNotFoundException | LinkageError absent) {
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
    if (discovery instanceof Discovery.CloudMap map && cloudMap.isPresent()) {
      Question question = new Question(map.namespace(), map.service(), map.attributes());
      Duration interval = cloudMap.get().refreshInterval();
      return ask(
          cloudMapPollers,
          question,
          each -> cloudMapPoller(each, interval),
          new OnChange(map, sink));
    }
    if (discovery instanceof Discovery.Dns dns) {
      return ask(dnsPollers, dns, this::dnsPoller, sink::endpoints);
    }
    throw new IllegalArgumentException("endpoints of " + discovery + " are not looked for here");
  }

  /** One who asks what others ask already gets their answer. */
  private static <Q, A> EndpointSource ask(
      Map<Q, Poller<A>> pollers, Q question, Function<Q, Poller<A>> make, Consumer<A> sink) {
    Poller<A> poller =
        pollers.computeIfAbsent(
            question,
            each -> {
              Poller<A> fresh = make.apply(each);
              fresh.start();
              return fresh;
            });
    poller.add(sink);
    return () -> {
      if (poller.remove(sink)) {
        poller.close();
        pollers.remove(question, poller);
      }
    };
  }

  /**
   * What Cloud Map is asked. Clusters that differ in nothing but the listener's port or the address
   * family ask the same.
   */
  private record Question(String namespace, String service, Map<String, String> attributes) {}

  /** Tells a cluster of its endpoints where a change of the instances changed them. */
  private static final class OnChange implements Consumer<Instances> {
    private final Discovery.CloudMap map;
    private final EndpointSink sink;
    private @Nullable EndpointAssignment told;

    OnChange(Discovery.CloudMap map, EndpointSink sink) {
      this.map = map;
      this.sink = sink;
    }

    @Override
    public void accept(Instances instances) {
      EndpointAssignment endpoints = instances.toEndpoints(map);
      if (!Objects.equals(endpoints, told)) {
        told = endpoints;
        sink.endpoints(endpoints);
      }
    }
  }

  private Poller<Instances> cloudMapPoller(Question question, Duration interval) {
    return new Poller<>(
        "cloud_map",
        question.service() + "." + question.namespace(),
        () ->
            new Instances(
                query().discover(question.namespace(), question.service(), question.attributes())),
        interval,
        time,
        executor,
        meters);
  }

  private Poller<EndpointAssignment> dnsPoller(Discovery.Dns dns) {
    return new Poller<>(
        "dns",
        dns.hosts().toString(),
        new DnsLookup(dns)::resolve,
        dns.refreshRate(),
        time,
        executor,
        meters);
  }

  /** Made on a thread of discovery, since loading the SDK takes a second. */
  private InstanceQuery query() {
    making.lock();
    try {
      InstanceQuery made = query;
      if (made == null) {
        log.info(
            "asking Cloud Map at {}",
            cloudMap.flatMap(CloudMapSettings::endpoint).map(Object::toString).orElse("AWS"));
        made = new AwsInstanceQuery(cloudMap.orElseThrow());
        query = made;
      }
      return made;
    } finally {
      making.unlock();
    }
  }

  @Override
  public void close() {
    cloudMapPollers.values().forEach(Poller::close);
    cloudMapPollers.clear();
    dnsPollers.values().forEach(Poller::close);
    dnsPollers.clear();
    executor.close();
    making.lock();
    try {
      if (query != null) {
        query.close();
      }
    } finally {
      making.unlock();
    }
  }
}
