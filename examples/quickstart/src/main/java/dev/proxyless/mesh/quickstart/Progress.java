package dev.proxyless.mesh.quickstart;

/** Told how far something long has come. */
interface Progress {

  /** Shows nothing. */
  Progress NONE = (done, of) -> {};

  void at(int done, int of);
}
