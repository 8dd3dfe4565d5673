package dev.proxyless.mesh;

import dev.proxyless.mesh.telemetry.MeshListener;
import dev.proxyless.mesh.telemetry.MeshMeters;
import dev.proxyless.mesh.telemetry.MeshTracing;
import dev.proxyless.mesh.telemetry.MicrometerMeters;
import dev.proxyless.mesh.telemetry.OpenTelemetryTracing;
import dev.proxyless.mesh.telemetry.Telemetry;
import io.micrometer.core.instrument.MeterRegistry;
import io.opentelemetry.api.OpenTelemetry;
import org.jspecify.annotations.Nullable;

/**
 * Makes telemetry of what the application gave. The classes of Micrometer and OpenTelemetry, which
 * are optional, are touched only where it gave them.
 */
final class Telemetries {

  private Telemetries() {}

  static Telemetry create(
      @Nullable Object meterRegistry, @Nullable Object openTelemetry, MeshListener listener) {
    return new Telemetry(
        meterRegistry == null ? MeshMeters.NONE : Micrometer.meters(meterRegistry),
        openTelemetry == null ? MeshTracing.NONE : OpenTelemetryApi.tracing(openTelemetry),
        listener);
  }

  private static final class Micrometer {
    static MeshMeters meters(Object registry) {
      return new MicrometerMeters((MeterRegistry) registry);
    }
  }

  private static final class OpenTelemetryApi {
    static MeshTracing tracing(Object telemetry) {
      return new OpenTelemetryTracing((OpenTelemetry) telemetry);
    }
  }
}
