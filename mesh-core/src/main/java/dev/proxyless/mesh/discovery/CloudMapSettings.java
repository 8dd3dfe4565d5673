package dev.proxyless.mesh.discovery;

import java.net.URI;
import java.time.Duration;
import java.util.Optional;

/**
 * How Cloud Map is asked.
 *
 * @param endpoint in place of AWS's own; switches host prefixes off
 * @param region the AWS region; unset asks the SDK's own chain
 * @param refreshInterval how often each service is asked
 */
public record CloudMapSettings(
    Optional<URI> endpoint, Optional<String> region, Duration refreshInterval) {

  /** The interval where none is set. */
  public static final Duration DEFAULT_REFRESH_INTERVAL = Duration.ofSeconds(5);
}
