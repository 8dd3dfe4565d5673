package dev.proxyless.mesh.tls;

/**
 * A certificate, key or trust anchor that cannot be used. The message names its source, never its
 * bytes.
 */
public final class TlsException extends RuntimeException {

  private static final long serialVersionUID = 1L;

  TlsException(String message) {
    super(message);
  }

  TlsException(String message, Throwable cause) {
    super(message, cause);
  }
}
