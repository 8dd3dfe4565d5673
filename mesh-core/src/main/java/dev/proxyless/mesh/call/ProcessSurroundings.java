package dev.proxyless.mesh.call;

import dev.proxyless.mesh.route.Surroundings;
import dev.proxyless.mesh.time.MeshTime;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * What command operators are told of this process: the time and the host's name. Its environment is
 * not theirs to see: it holds secrets, and what a control plane writes into headers leaves the
 * process.
 */
final class ProcessSurroundings implements Surroundings {

  private final MeshTime time;
  private final @Nullable String hostName;

  ProcessSurroundings(MeshTime time) {
    this.time = time;
    hostName = System.getenv("HOSTNAME");
  }

  @Override
  public Instant startTime() {
    return time.now();
  }

  @Override
  public Instant now() {
    return time.now();
  }

  @Override
  public @Nullable String hostName() {
    return hostName;
  }
}
