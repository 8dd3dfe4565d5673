package dev.proxyless.mesh.controlplane;

import dev.proxyless.mesh.telemetry.AttemptInfo;
import java.io.PrintWriter;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;

/** Adds up what became of many calls. Safe for use by several threads. */
final class CallTally {

  private static final double[] PERCENTILES = {50, 90, 99, 99.9};
  private static final double PERCENT = 100;
  private static final double NANOS = 1e9;
  private static final double MILLIS = 1e3;
  private static final String NONE = "-";

  private final Map<String, Integer> clusters = new TreeMap<>();
  private final Map<String, Integer> endpoints = new TreeMap<>();
  private final Map<String, Integer> tries = new TreeMap<>();
  private final Map<String, Integer> statuses = new TreeMap<>();
  private final Map<String, Integer> flags = new TreeMap<>();
  private final long[] nanos;
  private int calls;
  private int attempts;
  private int failed;

  /** Room for so many calls. */
  CallTally(int room) {
    nanos = new long[room];
  }

  synchronized void add(CallOutcome outcome) {
    nanos[calls++] = outcome.duration().toNanos();
    count(clusters, orNone(outcome.info().cluster()));
    count(endpoints, orNone(outcome.info().endpoint()));
    count(statuses, outcome.status() == 0 ? "no response" : String.valueOf(outcome.status()));
    count(flags, orNone(outcome.flags()));
    for (AttemptInfo attempt : outcome.attempts()) {
      attempts++;
      count(tries, attempt.endpoint());
    }
    if (!outcome.isAnswered()) {
      failed++;
    }
  }

  private static void count(Map<String, Integer> counts, String what) {
    counts.merge(what, 1, Integer::sum);
  }

  private static String orNone(String text) {
    return text.isEmpty() ? NONE : text;
  }

  /** How many calls have ended. */
  synchronized int calls() {
    return calls;
  }

  /** How many of them got no whole response, or one that says that the mesh had none. */
  synchronized int failed() {
    return failed;
  }

  /** For programs. */
  synchronized Map<String, Object> toMap(Duration elapsed) {
    Map<String, Object> map = new LinkedHashMap<>();
    map.put("calls", calls);
    map.put("failed", failed);
    map.put("attempts", attempts);
    map.put("seconds", elapsed.toMillis() / MILLIS);
    map.put("clusters", clusters);
    map.put("endpoints", endpoints);
    map.put("attempts_by_endpoint", tries);
    map.put("statuses", statuses);
    map.put("flags", flags);
    Map<String, Object> latency = new LinkedHashMap<>();
    long[] sorted = sorted();
    for (double each : PERCENTILES) {
      latency.put(name(each), millis(at(sorted, each)));
    }
    latency.put("max", millis(at(sorted, PERCENT)));
    map.put("latency_ms", latency);
    return map;
  }

  /** For people. */
  synchronized void print(PrintWriter out, Duration elapsed, int concurrency) {
    out.printf(
        Locale.ROOT,
        "%,d calls in %.1f s, %,.0f a second, %d at a time; %,d failed%n",
        calls,
        elapsed.toMillis() / MILLIS,
        calls / Math.max(elapsed.toNanos() / NANOS, 1 / NANOS),
        concurrency,
        failed);
    out.printf(Locale.ROOT, "%,d tries, %.2f for each call%n", attempts, (double) attempts / calls);
    table(out, "cluster", clusters, calls);
    table(out, "endpoint", endpoints, calls);
    if (attempts != calls) {
      table(out, "tries at", tries, attempts);
    }
    table(out, "status", statuses, calls);
    table(out, "flags", flags, calls);
    long[] sorted = sorted();
    List<String> latency = new ArrayList<>();
    for (double each : PERCENTILES) {
      latency.add(name(each) + " " + text(at(sorted, each)));
    }
    out.println("latency  " + String.join(", ", latency) + ", max " + text(at(sorted, PERCENT)));
  }

  private static void table(PrintWriter out, String title, Map<String, Integer> counts, int all) {
    int width = counts.keySet().stream().mapToInt(String::length).max().orElse(1);
    String name = title;
    for (Map.Entry<String, Integer> each : counts.entrySet()) {
      out.printf(
          Locale.ROOT,
          "%-8s %-" + width + "s %,10d %6.2f %%%n",
          name,
          each.getKey(),
          each.getValue(),
          PERCENT * each.getValue() / all);
      name = "";
    }
  }

  private long[] sorted() {
    long[] sorted = Arrays.copyOf(nanos, calls);
    Arrays.sort(sorted);
    return sorted;
  }

  /** The smallest value that so many percent of the values are not above. */
  private static long at(long[] sorted, double percentile) {
    int rank = (int) Math.ceil(percentile / PERCENT * sorted.length);
    return sorted.length == 0 ? 0 : sorted[Math.max(rank, 1) - 1];
  }

  private static String name(double percentile) {
    return "p" + (percentile == Math.rint(percentile) ? "" + (int) percentile : "" + percentile);
  }

  private static double millis(long nanos) {
    return CallOutcome.millis(Duration.ofNanos(nanos));
  }

  private static String text(long nanos) {
    return CallNarrator.ms(Duration.ofNanos(nanos));
  }
}
