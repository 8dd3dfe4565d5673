package dev.proxyless.mesh.call;

import dev.proxyless.mesh.Internal;
import dev.proxyless.mesh.telemetry.CallListener;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * A listener that says how its call is decided, so that a tool can make again a call that was
 * explained.
 */
@Internal
public interface SteeredCall extends CallListener {

  /** Decides weighted clusters and runtime fractions; empty for any number. */
  OptionalLong random();

  /** Whether the caller is trusted; empty for what the connection manager makes of it. */
  Optional<Boolean> trusted();
}
