package dev.proxyless.mesh.model;

import java.util.Arrays;

/** {@code envoy.config.core.v3.DataSource}: where bytes come from. */
public sealed interface DataSource {

  /** A file. */
  record File(String path) implements DataSource {}

  /** The resource itself. Its text form shows nothing of the bytes, which may be a private key. */
  final class Inline implements DataSource {
    private final byte[] bytes;

    public Inline(byte[] bytes) {
      this.bytes = bytes.clone();
    }

    public byte[] bytes() {
      return bytes.clone();
    }

    @Override
    public boolean equals(Object other) {
      return other instanceof Inline that && Arrays.equals(bytes, that.bytes);
    }

    @Override
    public int hashCode() {
      return Arrays.hashCode(bytes);
    }

    @Override
    public String toString() {
      return "Inline[" + bytes.length + " bytes]";
    }
  }
}
