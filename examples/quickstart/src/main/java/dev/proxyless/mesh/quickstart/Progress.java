package dev.proxyless.mesh.quickstart;

/** Told how far a line has come. */
interface Progress {

  /** What is being done now. */
  void doing(String what);

  /** How much of something long is done. */
  void at(int done, int of);
}
