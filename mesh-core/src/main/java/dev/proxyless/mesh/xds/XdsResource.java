package dev.proxyless.mesh.xds;

/**
 * A resource as it travels.
 *
 * @param type its type
 * @param name its name; may be empty where the bytes tell it
 * @param bytes its message
 */
public record XdsResource(ResourceType type, String name, Bytes bytes) {

  /** Bytes that are compared by content and not shown. */
  public static final class Bytes {
    private final byte[] bytes;

    public Bytes(byte[] bytes) {
      this.bytes = bytes.clone();
    }

    byte[] array() {
      return bytes;
    }

    @Override
    public boolean equals(Object other) {
      return other instanceof Bytes that && java.util.Arrays.equals(bytes, that.bytes);
    }

    @Override
    public int hashCode() {
      return java.util.Arrays.hashCode(bytes);
    }

    @Override
    public String toString() {
      return bytes.length + " bytes";
    }
  }
}
