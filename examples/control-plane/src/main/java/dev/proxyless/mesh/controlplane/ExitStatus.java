package dev.proxyless.mesh.controlplane;

/** What a command tells its caller by its exit status. */
final class ExitStatus {

  /** All is well. */
  static final int GOOD = 0;

  /** The input was read, and something is wrong with it. */
  static final int PROBLEMS = 1;

  /** The input or the command line cannot be used at all. */
  static final int UNUSABLE = 2;

  private ExitStatus() {}
}
