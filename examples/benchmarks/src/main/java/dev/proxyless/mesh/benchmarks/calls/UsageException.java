package dev.proxyless.mesh.benchmarks.calls;

/** An argument cannot be used; the message names it, its value and what would be right. */
final class UsageException extends Exception {

  private static final long serialVersionUID = 1L;

  UsageException(String message) {
    super(message);
  }

  static UsageException of(String option, String value, String right) {
    return new UsageException(option + " is \"" + value + "\"; right would be " + right);
  }
}
