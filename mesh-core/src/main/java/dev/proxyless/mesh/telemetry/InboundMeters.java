package dev.proxyless.mesh.telemetry;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Timer;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;

/** The meters of requests that this process serves. No caller can make up a series of its own. */
final class InboundMeters implements MeshMeters.ServerMeters {

  private static final List<String> SCHEMES = List.of("http", "https");

  private final MeterSet meters;
  private final Map<MeshMeters.ServerTlsMode, LazyMeters<Timer>> durations =
      new EnumMap<>(MeshMeters.ServerTlsMode.class);
  private final Map<String, Counter> allowed = new ConcurrentHashMap<>();
  private final Map<String, Counter> denied = new ConcurrentHashMap<>();

  InboundMeters(MeterSet meters) {
    this.meters = meters;
    for (MeshMeters.ServerTlsMode tls : MeshMeters.ServerTlsMode.values()) {
      durations.put(tls, new LazyMeters<>());
    }
  }

  @Override
  public void request(
      String method, String scheme, int status, MeshMeters.ServerTlsMode tls, long nanos) {
    int code = status < 100 || status > 999 ? 0 : status;
    int schemeIndex = SCHEMES.indexOf(scheme) + 1;
    int key = (MeterSet.methodIndex(method) * 1_000 + code) * (SCHEMES.size() + 1) + schemeIndex;
    LazyMeters<Timer> timers = durations.get(tls);
    if (timers != null) {
      timers
          .get(key, each -> duration(method, schemeIndex == 0 ? MeterSet.OTHER : scheme, code, tls))
          .record(nanos, TimeUnit.NANOSECONDS);
    }
  }

  private Timer duration(String method, String scheme, int code, MeshMeters.ServerTlsMode tls) {
    return meters.timer(
        MeterName.SERVER_DURATION,
        MeterSet.methodTag(method),
        scheme,
        code == 0 ? MeterSet.NO_VALUE : Integer.toString(code),
        MeterSet.word(tls));
  }

  @Override
  public void authorization(String policy, boolean isAllowed) {
    Counter counter =
        isAllowed
            ? allowed.computeIfAbsent(policy, each -> decisions(each, "allow"))
            : denied.computeIfAbsent(policy, each -> decisions(each, "deny"));
    counter.increment();
  }

  private Counter decisions(String policy, String action) {
    return meters.counter(MeterName.AUTHZ_DECISIONS, policy, action);
  }
}
