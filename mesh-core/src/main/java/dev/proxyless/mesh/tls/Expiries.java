package dev.proxyless.mesh.tls;

import dev.proxyless.mesh.telemetry.MeshMeters;
import dev.proxyless.mesh.time.MeshTime;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Supplier;

/**
 * When certificates end: one gauge for each source, whichever contexts use it, for the certificate
 * that ends first. Used on the configuration thread; gauges are read by any.
 */
final class Expiries {

  private final MeshMeters meters;
  private final MeshTime time;
  private final Map<String, Certificates> sources = new HashMap<>();

  private record Certificates(List<Supplier<Instant>> ends, MeshMeters.Registration meter) {}

  Expiries(MeshMeters meters, MeshTime time) {
    this.meters = meters;
    this.time = time;
  }

  /** Adds a context's certificate. What is returned removes it. */
  Runnable add(String name, Supplier<Instant> end) {
    Certificates source = sources.computeIfAbsent(name, this::gauge);
    source.ends.add(end);
    return () -> {
      source.ends.remove(end);
      if (source.ends.isEmpty() && sources.remove(name, source)) {
        source.meter.close();
      }
    };
  }

  private Certificates gauge(String name) {
    List<Supplier<Instant>> ends = new CopyOnWriteArrayList<>();
    return new Certificates(ends, meters.certificateExpiry(name, () -> secondsLeft(ends)));
  }

  private long secondsLeft(List<Supplier<Instant>> ends) {
    return ends.stream()
        .map(Supplier::get)
        .min(Instant::compareTo)
        .map(end -> Duration.between(time.now(), end).toSeconds())
        .orElse(0L);
  }
}
