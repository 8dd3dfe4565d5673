package dev.proxyless.mesh.telemetry;

import dev.proxyless.mesh.Internal;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tag;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.Timer;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.IntSupplier;
import java.util.function.LongSupplier;
import java.util.function.Supplier;

/** Meters in a Micrometer registry. Loaded only where the application gives one. */
@Internal
public final class MicrometerMeters implements MeshMeters {

  private static final List<String> METHODS =
      List.of("GET", "HEAD", "POST", "PUT", "DELETE", "CONNECT", "OPTIONS", "TRACE", "PATCH");
  private static final String NONE = "none";

  private final MeterRegistry registry;
  private final Queue<Meter> made = new ConcurrentLinkedQueue<>();
  private final Map<List<String>, CallMeters> calls = new ConcurrentHashMap<>();
  private final Map<String, AtomicInteger> connected = new ConcurrentHashMap<>();
  private final Map<List<String>, Counter> counters = new ConcurrentHashMap<>();

  public MicrometerMeters(MeterRegistry registry) {
    this.registry = registry;
  }

  @Override
  public CallMeters calls(String virtualHost, String route, String cluster) {
    return calls.computeIfAbsent(
        List.of(virtualHost, route, cluster),
        key -> new RouteMeters(virtualHost, route.isEmpty() ? NONE : route, cluster));
  }

  @Override
  public ClusterMeters cluster(
      String cluster, IntSupplier active, IntSupplier endpoints, IntSupplier ejected) {
    List<Meter> own = new ArrayList<>();
    own.add(gauge(MeterName.ACTIVE, active::getAsInt, cluster));
    own.add(gauge(MeterName.ENDPOINTS, endpoints::getAsInt, cluster, "known"));
    own.add(gauge(MeterName.ENDPOINTS, ejected::getAsInt, cluster, "ejected"));
    return new UpstreamMeters(cluster, own);
  }

  @Override
  public ServerMeters server() {
    Map<String, LazyMeters<Timer>> byTls = new ConcurrentHashMap<>();
    return (method, scheme, status, tls, nanos) -> {
      byTls
          .computeIfAbsent(tls, each -> new LazyMeters<>())
          .get(
              methodIndex(method) * 1_000 + status,
              key ->
                  timer(
                      MeterName.SERVER_DURATION,
                      methodTag(method),
                      scheme,
                      Integer.toString(status),
                      tls))
          .record(nanos, TimeUnit.NANOSECONDS);
    };
  }

  @Override
  public void controlPlane(String server, boolean isConnected) {
    connected
        .computeIfAbsent(
            server,
            each -> {
              AtomicInteger value = new AtomicInteger();
              gauge(MeterName.XDS_CONNECTED, value::get, each);
              return value;
            })
        .set(isConnected ? 1 : 0);
  }

  @Override
  public void update(String type, String result) {
    counted(MeterName.XDS_UPDATES, type, result);
  }

  @Override
  public void discovery(String source, String result) {
    counted(MeterName.DISCOVERY, source, result);
  }

  @Override
  public void certificateReload(String source, String result) {
    counted(MeterName.TLS_RELOADS, source, result);
  }

  @Override
  public ExpiryMeter certificateExpiry(String source, LongSupplier seconds) {
    Meter gauge = gauge(MeterName.TLS_EXPIRY, seconds::getAsLong, source);
    return () -> {
      registry.remove(gauge);
      made.remove(gauge);
    };
  }

  private void counted(MeterName name, String... values) {
    List<String> key = new ArrayList<>(List.of(values));
    key.add(name.id());
    counters.computeIfAbsent(key, each -> counter(name, values)).increment();
  }

  private Counter counter(MeterName name, String... values) {
    return kept(
        Counter.builder(name.id())
            .description(name.description())
            .tags(tags(name, values))
            .register(registry));
  }

  private Timer timer(MeterName name, String... values) {
    return kept(
        Timer.builder(name.id())
            .description(name.description())
            .tags(tags(name, values))
            .register(registry));
  }

  private Gauge gauge(MeterName name, Supplier<Number> value, String... values) {
    return kept(
        Gauge.builder(name.id(), value)
            .description(name.description())
            .tags(tags(name, values))
            .register(registry));
  }

  private <M extends Meter> M kept(M meter) {
    made.add(meter);
    return meter;
  }

  private static Tags tags(MeterName name, String... values) {
    List<Tag> tags = new ArrayList<>();
    for (int i = 0; i < values.length; i++) {
      tags.add(Tag.of(name.tags().get(i), values[i].isEmpty() ? NONE : values[i]));
    }
    return Tags.of(tags);
  }

  private static int methodIndex(String method) {
    return METHODS.indexOf(method) + 1;
  }

  private static String methodTag(String method) {
    return METHODS.contains(method) ? method : "_OTHER";
  }

  private static String word(Enum<?> value) {
    return value.name().toLowerCase(Locale.ROOT);
  }

  @Override
  public void close() {
    made.forEach(registry::remove);
    made.clear();
  }

  private final class RouteMeters implements CallMeters {
    private final String virtualHost;
    private final String route;
    private final String cluster;
    private final Map<AttemptReason, Map<AttemptResult, Counter>> attempts =
        new EnumMap<>(AttemptReason.class);
    private final Map<Outcome, Timer> plain = new EnumMap<>(Outcome.class);
    private final Map<String, Timer> flagged = new ConcurrentHashMap<>();
    private final Map<AttemptResult, LazyMeters<Timer>> durations =
        new EnumMap<>(AttemptResult.class);

    RouteMeters(String virtualHost, String route, String cluster) {
      this.virtualHost = virtualHost;
      this.route = route;
      this.cluster = cluster;
      for (AttemptReason reason : AttemptReason.values()) {
        Map<AttemptResult, Counter> results = new EnumMap<>(AttemptResult.class);
        for (AttemptResult result : AttemptResult.values()) {
          results.put(
              result, counter(MeterName.ATTEMPTS, cluster, route, word(reason), word(result)));
          durations.putIfAbsent(result, new LazyMeters<>());
        }
        attempts.put(reason, results);
      }
      for (Outcome outcome : Outcome.values()) {
        plain.put(outcome, timer(MeterName.CALLS, cluster, route, word(outcome), "-"));
      }
    }

    @Override
    public void attempt(
        AttemptReason reason, AttemptResult result, String method, int status, long nanos) {
      Map<AttemptResult, Counter> results = attempts.get(reason);
      Counter counter = results == null ? null : results.get(result);
      if (counter != null) {
        counter.increment();
      }
      LazyMeters<Timer> timers = durations.get(result);
      if (timers != null) {
        timers
            .get(methodIndex(method) * 1_000 + status, key -> duration(result, method, status))
            .record(nanos, TimeUnit.NANOSECONDS);
      }
    }

    private Timer duration(AttemptResult result, String method, int status) {
      boolean error = result != AttemptResult.SUCCESS;
      return timer(
          MeterName.CLIENT_ATTEMPT_DURATION,
          methodTag(method),
          status == 0 ? NONE : Integer.toString(status),
          error ? (status == 0 ? word(result) : Integer.toString(status)) : NONE,
          virtualHost,
          cluster,
          route);
    }

    @Override
    public void call(Outcome outcome, ResponseFlags flags, long nanos) {
      Timer timer = flags.isEmpty() ? plain.get(outcome) : flagged(outcome, flags);
      if (timer != null) {
        timer.record(nanos, TimeUnit.NANOSECONDS);
      }
    }

    private Timer flagged(Outcome outcome, ResponseFlags flags) {
      return flagged.computeIfAbsent(
          word(outcome) + " " + flags,
          key -> timer(MeterName.CALLS, cluster, route, word(outcome), flags.toString()));
    }
  }

  private final class UpstreamMeters implements ClusterMeters {
    private final String cluster;
    private final List<Meter> own;

    UpstreamMeters(String cluster, List<Meter> own) {
      this.cluster = cluster;
      this.own = own;
    }

    @Override
    public void ejection(String type, boolean enforced) {
      counted(MeterName.EJECTIONS, cluster, type, Boolean.toString(enforced));
    }

    @Override
    public void overflow(String resource) {
      counted(MeterName.OVERFLOW, cluster, resource);
    }

    @Override
    public void retryDenied(String cause) {
      counted(MeterName.RETRY_DENIED, cluster, cause);
    }

    @Override
    public void close() {
      own.forEach(registry::remove);
      made.removeAll(own);
    }
  }
}
