package dev.proxyless.mesh.call;

import dev.proxyless.mesh.telemetry.CallInfo;
import java.io.IOException;

/**
 * A call failed without a response from an endpoint. Thrown in place of a local reply where the
 * client was asked to ({@code failuresAsExceptions}).
 */
public final class MeshCallException extends IOException {

  private static final long serialVersionUID = 1L;

  private final transient CallInfo info;
  private final int status;

  public MeshCallException(LocalReply reply) {
    super(reply.info().explanation() + " (" + reply.status() + " " + reply.info() + ")");
    info = reply.info();
    status = reply.status();
  }

  /** Where the call went and why it failed. */
  public CallInfo info() {
    return info;
  }

  /** The status of the local reply that Envoy would have given. */
  public int status() {
    return status;
  }
}
