package dev.proxyless.mesh.route;

import java.time.Instant;
import java.time.ZoneId;
import org.jspecify.annotations.Nullable;

/**
 * What command operators ask about a request's process: {@code %START_TIME%}, {@code %HOSTNAME%},
 * {@code %ENVIRONMENT(X)%}, {@code %DOWNSTREAM_REMOTE_ADDRESS_WITHOUT_PORT%}. Asked only where an
 * operator stands; null is what is not known.
 */
public interface Surroundings {

  /** Nothing is known. */
  Surroundings UNKNOWN = new Surroundings() {};

  /** When the request began. */
  default @Nullable Instant startTime() {
    return null;
  }

  /** The time now. */
  default @Nullable Instant now() {
    return null;
  }

  /** The zone of {@code START_TIME_LOCAL} and {@code EMIT_TIME_LOCAL}. */
  default ZoneId zone() {
    return ZoneId.of("UTC");
  }

  /** The name of this host. */
  default @Nullable String hostName() {
    return null;
  }

  /** A variable of the process's environment. */
  default @Nullable String variable(String name) {
    return null;
  }

  /** The IP address of the caller. A call of this process has none. */
  default @Nullable String callerAddress() {
    return null;
  }
}
