package dev.proxyless.mesh.telemetry;

import dev.proxyless.mesh.Internal;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.IntSupplier;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/** Meters in a Micrometer registry. Loaded only where the application gives one. */
@Internal
public final class MicrometerMeters implements MeshMeters {

  private final MeterSet meters;
  private final ServerMeters server;
  private final Map<List<String>, CallMeters> calls = new ConcurrentHashMap<>();
  private final Map<String, AtomicInteger> connected = new ConcurrentHashMap<>();
  private final Map<List<String>, Counter> counters = new ConcurrentHashMap<>();
  private final Map<String, Expiry> expiries = new ConcurrentHashMap<>();

  public MicrometerMeters(MeterRegistry registry) {
    meters = new MeterSet(registry);
    server = new InboundMeters(meters);
  }

  @Override
  public CallMeters calls(String virtualHost, String route, String cluster) {
    return calls.computeIfAbsent(
        List.of(virtualHost, route, cluster),
        key -> new RouteMeters(meters, virtualHost, route, cluster));
  }

  @Override
  public ClusterMeters cluster(
      String cluster, IntSupplier active, IntSupplier endpoints, IntSupplier ejected) {
    return new UpstreamMeters(meters, cluster, active, endpoints, ejected);
  }

  @Override
  public ServerMeters server() {
    return server;
  }

  @Override
  public void controlPlane(String server, boolean isConnected) {
    connected
        .computeIfAbsent(
            server,
            each -> {
              AtomicInteger value = new AtomicInteger();
              meters.gauge(MeterName.XDS_CONNECTED, value::get, each);
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

  private void counted(MeterName name, String... values) {
    List<String> key = new ArrayList<>(List.of(values));
    key.add(name.id());
    counters.computeIfAbsent(key, each -> meters.counter(name, values)).increment();
  }

  @Override
  public Registration certificateExpiry(String source, LongSupplier seconds) {
    return expiries.computeIfAbsent(source, Expiry::new).with(seconds);
  }

  @Override
  public void close() {
    meters.close();
  }

  /** The gauge of one certificate, for as long as any TLS context uses it. */
  private final class Expiry {
    private final String source;
    private final List<LongSupplier> users = new CopyOnWriteArrayList<>();
    private @Nullable Gauge gauge;

    Expiry(String source) {
      this.source = source;
    }

    synchronized Registration with(LongSupplier seconds) {
      users.add(seconds);
      if (gauge == null) {
        gauge = meters.gauge(MeterName.TLS_EXPIRY, this::seconds, source);
      }
      return () -> without(seconds);
    }

    private Number seconds() {
      Object[] now = users.toArray();
      return now.length == 0
          ? Double.NaN
          : (Number) ((LongSupplier) now[now.length - 1]).getAsLong();
    }

    private synchronized void without(LongSupplier seconds) {
      users.remove(seconds);
      if (users.isEmpty() && gauge != null) {
        meters.remove(List.of(gauge));
        gauge = null;
      }
    }
  }
}
