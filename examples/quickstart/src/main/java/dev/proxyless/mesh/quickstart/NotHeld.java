package dev.proxyless.mesh.quickstart;

/** Something that a line promises did not hold. */
final class NotHeld extends Exception {

  private static final long serialVersionUID = 1L;

  private NotHeld(String what) {
    super(what);
  }

  /** Throws unless it holds. */
  static void unless(boolean holds, String otherwise) throws NotHeld {
    if (!holds) {
      throw new NotHeld(otherwise);
    }
  }
}
