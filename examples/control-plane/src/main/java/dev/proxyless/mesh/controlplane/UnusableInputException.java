package dev.proxyless.mesh.controlplane;

/**
 * Input with which a command cannot even begin; the message says what it is and what would help.
 */
final class UnusableInputException extends RuntimeException {

  private static final long serialVersionUID = 1L;

  UnusableInputException(String message) {
    super(message);
  }

  UnusableInputException(String message, Throwable cause) {
    super(message, cause);
  }
}
