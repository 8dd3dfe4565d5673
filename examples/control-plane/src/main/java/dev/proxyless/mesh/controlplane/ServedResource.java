package dev.proxyless.mesh.controlplane;

import dev.proxyless.mesh.proto.AnyMessage;
import dev.proxyless.mesh.proto.Message;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Collection;
import java.util.HexFormat;

/**
 * An xDS resource as it is served. Two are equal if their names and contents are.
 *
 * @param name its name
 * @param digest stands for its content
 * @param message its bytes, with their type
 */
record ServedResource(String name, String digest, AnyMessage message) {

  private static final int DIGEST_BYTES = 8;

  static ServedResource of(String name, Message message) {
    byte[] bytes = message.toBytes();
    return new ServedResource(
        name, shortened(sha256().digest(bytes)), AnyMessage.of(message.type().typeUrl(), bytes));
  }

  /**
   * The version of some resources, told by their content alone: it is the same after a restart, and
   * on every control plane that serves the same documents.
   */
  static String version(Collection<ServedResource> resources) {
    MessageDigest all = sha256();
    for (ServedResource each : resources) {
      all.update((each.name + "\n" + each.digest + "\n").getBytes(StandardCharsets.UTF_8));
    }
    return shortened(all.digest());
  }

  private static MessageDigest sha256() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException impossible) {
      throw new IllegalStateException(impossible);
    }
  }

  private static String shortened(byte[] digest) {
    return HexFormat.of().formatHex(digest, 0, DIGEST_BYTES);
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof ServedResource that
        && name.equals(that.name)
        && digest.equals(that.digest);
  }

  @Override
  public int hashCode() {
    return digest.hashCode();
  }
}
