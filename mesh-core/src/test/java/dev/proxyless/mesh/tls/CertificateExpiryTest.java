package dev.proxyless.mesh.tls;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.proxyless.mesh.file.FileWatch;
import dev.proxyless.mesh.model.DataSource;
import dev.proxyless.mesh.model.DownstreamTlsContext;
import dev.proxyless.mesh.model.TlsContext;
import dev.proxyless.mesh.telemetry.MeshListener;
import dev.proxyless.mesh.telemetry.MeshTracing;
import dev.proxyless.mesh.telemetry.MicrometerMeters;
import dev.proxyless.mesh.telemetry.Telemetry;
import dev.proxyless.mesh.testing.TestCertificates;
import dev.proxyless.mesh.time.MeshTime;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class CertificateExpiryTest {

  private static final String METER = "mesh.tls.certificate.expiry";

  @TempDir Path directory;

  @Test
  void theEndOfACertificateIsToldAsLongAsAContextUsesIt() {
    TestCertificates authority = new TestCertificates("authority");
    authority.write(directory, "a", authority.issue(Duration.ofHours(2), "spiffe://apps.local/a"));
    SimpleMeterRegistry registry = new SimpleMeterRegistry();
    try (MeshTime time = MeshTime.system();
        FileWatch files = new FileWatch(time);
        TlsContexts contexts =
            new TlsContexts(
                files,
                time,
                new Telemetry(
                    new MicrometerMeters(registry), MeshTracing.NONE, MeshListener.NONE))) {
      DownstreamTlsContext before = context(false);
      DownstreamTlsContext after = context(true);
      contexts.server(before);
      contexts.server(after);
      contexts.retain(Set.of(), Set.of(after));

      double seconds = registry.get(METER).gauge().value();
      assertTrue(seconds > 7_000 && seconds <= 7_200, "was " + seconds);

      contexts.retain(Set.of(), Set.of());
      assertEquals(0, registry.find(METER).gauges().size());
    }
  }

  private DownstreamTlsContext context(boolean requireClientCertificate) {
    TlsContext.Identity identity =
        new TlsContext.Identity(
            new DataSource.File(directory.resolve("a.pem").toString()),
            new DataSource.File(directory.resolve("a-key.pem").toString()));
    return new DownstreamTlsContext(
        new TlsContext(
            Optional.of(identity),
            Optional.empty(),
            List.of(),
            TlsContext.Version.TLS_1_2,
            TlsContext.Version.TLS_1_3),
        requireClientCertificate);
  }
}
