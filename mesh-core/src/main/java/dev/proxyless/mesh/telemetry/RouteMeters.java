package dev.proxyless.mesh.telemetry;

import static dev.proxyless.mesh.telemetry.MeterSet.word;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Timer;
import java.util.EnumMap;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;

/** The meters of calls that a route sends to a cluster. */
final class RouteMeters implements MeshMeters.CallMeters {

  private final MeterSet meters;
  private final String virtualHost;
  private final String route;
  private final String cluster;
  private final Map<MeshMeters.AttemptReason, Map<MeshMeters.AttemptResult, Counter>> attempts =
      new EnumMap<>(MeshMeters.AttemptReason.class);
  private final Map<MeshMeters.Outcome, Timer> plain = new EnumMap<>(MeshMeters.Outcome.class);
  private final Map<String, Timer> flagged = new ConcurrentHashMap<>();
  private final Map<MeshMeters.AttemptResult, LazyMeters<Timer>> durations =
      new EnumMap<>(MeshMeters.AttemptResult.class);

  RouteMeters(MeterSet meters, String virtualHost, String route, String cluster) {
    this.meters = meters;
    this.virtualHost = virtualHost;
    this.route = route;
    this.cluster = cluster;
    for (MeshMeters.AttemptReason reason : MeshMeters.AttemptReason.values()) {
      Map<MeshMeters.AttemptResult, Counter> results =
          new EnumMap<>(MeshMeters.AttemptResult.class);
      for (MeshMeters.AttemptResult result : MeshMeters.AttemptResult.values()) {
        results.put(
            result, meters.counter(MeterName.ATTEMPTS, cluster, route, word(reason), word(result)));
        durations.putIfAbsent(result, new LazyMeters<>());
      }
      attempts.put(reason, results);
    }
    for (MeshMeters.Outcome outcome : MeshMeters.Outcome.values()) {
      plain.put(outcome, meters.timer(MeterName.CALLS, cluster, route, word(outcome), "-"));
    }
  }

  @Override
  public void attempt(
      MeshMeters.AttemptReason reason,
      MeshMeters.AttemptResult result,
      String method,
      int status,
      long nanos) {
    Map<MeshMeters.AttemptResult, Counter> results = attempts.get(reason);
    Counter counter = results == null ? null : results.get(result);
    if (counter != null) {
      counter.increment();
    }
    LazyMeters<Timer> timers = durations.get(result);
    if (timers != null) {
      int key = MeterSet.methodIndex(method) * 1_000 + status;
      Timer known = timers.get(key);
      Timer timer = known != null ? known : made(timers, key, result, method, status);
      timer.record(nanos, TimeUnit.NANOSECONDS);
    }
  }

  private Timer made(
      LazyMeters<Timer> timers,
      int key,
      MeshMeters.AttemptResult result,
      String method,
      int status) {
    return timers.get(key, absent -> duration(result, method, status));
  }

  private Timer duration(MeshMeters.AttemptResult result, String method, int status) {
    String code = status == 0 ? MeterSet.NO_VALUE : Integer.toString(status);
    String error = status == 0 ? word(result) : code;
    return meters.timer(
        MeterName.CLIENT_ATTEMPT_DURATION,
        MeterSet.methodTag(method),
        code,
        result == MeshMeters.AttemptResult.SUCCESS ? MeterSet.NO_VALUE : error,
        virtualHost,
        cluster,
        route);
  }

  @Override
  public void call(MeshMeters.Outcome outcome, ResponseFlags flags, long nanos) {
    Timer timer = flags.isEmpty() ? plain.get(outcome) : flagged(outcome, flags);
    if (timer != null) {
      timer.record(nanos, TimeUnit.NANOSECONDS);
    }
  }

  private Timer flagged(MeshMeters.Outcome outcome, ResponseFlags flags) {
    return flagged.computeIfAbsent(
        word(outcome) + " " + flags,
        key -> meters.timer(MeterName.CALLS, cluster, route, word(outcome), flags.toString()));
  }
}
