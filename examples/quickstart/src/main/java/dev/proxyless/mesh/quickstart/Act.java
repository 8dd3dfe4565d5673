package dev.proxyless.mesh.quickstart;

/** One line of the quickstart: something shown, and checked while it is shown. */
interface Act {

  /** The line's name, by which {@code --break} knows it. */
  String name();

  /**
   * Shows it.
   *
   * @return what was seen, in words
   * @throws NotHeld if what the line promises did not hold
   */
  String show(World world, Progress progress) throws Exception;
}
