package dev.proxyless.mesh.controlplane;

import dev.proxyless.mesh.discovery.CloudMapSettings;
import dev.proxyless.mesh.testing.FakeCloudMap;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;

/** A control plane on a copy of mesh {@code apps}, with a Cloud Map of its own. */
final class Serving implements AutoCloseable {

  final AppsDirectory apps;
  final FakeCloudMap cloudMap = new FakeCloudMap();
  final RecordedEvents events = new RecordedEvents();
  private final int envoyPortOffset;
  private final int port;
  private ControlPlane controlPlane;

  Serving(Path directory) throws IOException {
    this(directory, 20_000);
  }

  /** {@code envoyPortOffset} is added to 8000 to get Envoy's port. */
  Serving(Path directory, int envoyPortOffset) throws IOException {
    this.envoyPortOffset = envoyPortOffset;
    apps = new AppsDirectory(directory);
    controlPlane = start(0);
    port = controlPlane.port();
  }

  private ControlPlane start(int onPort) {
    return ControlPlane.start(
        new ServeSettings(
            apps.path(),
            "127.0.0.1",
            onPort,
            Optional.of(
                new CloudMapSettings(
                    Optional.of(cloudMap.endpoint()),
                    Optional.of(FakeCloudMap.REGION),
                    Duration.ofMillis(50))),
            envoyPortOffset),
        events);
  }

  /** The port; it outlives the control plane. */
  int port() {
    return port;
  }

  /** Ends the control plane and starts another on the same port. */
  void restart() {
    stop();
    controlPlane = start(port);
  }

  void stop() {
    controlPlane.close();
  }

  @Override
  public void close() {
    controlPlane.close();
    cloudMap.close();
  }
}
