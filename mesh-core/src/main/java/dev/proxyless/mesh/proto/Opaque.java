package dev.proxyless.mesh.proto;

/** A message that is kept as it came and not opened. */
final class Opaque {

  static final Opaque NOT_OPENED = new Opaque(new byte[0]);

  private final byte[] bytes;

  Opaque(byte[] bytes) {
    this.bytes = bytes;
  }

  byte[] bytes() {
    return bytes;
  }

  @Override
  public String toString() {
    return bytes.length + " bytes";
  }
}
