package dev.proxyless.mesh.xds;

import dev.proxyless.mesh.proto.Message;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;

/**
 * Reads the text of a {@code DataSource}: inline, or a file that a control plane may name. The file
 * is read when its resource is, and not looked at again.
 */
final class TextSource {

  private static final int MAX_FILE_BYTES = 1 << 20;

  private final Checks checks;

  TextSource(Checks checks) {
    this.checks = checks;
  }

  /** The text, which must be UTF-8 and have no more than so many bytes. */
  String read(Message source, long maxBytes) {
    String field;
    byte[] bytes;
    if (source.has("filename")) {
      field = "filename";
      bytes = file(source, source.requiredString("filename"));
    } else if (source.has("inline_bytes")) {
      field = "inline_bytes";
      bytes = source.bytes("inline_bytes").orElse(new byte[0]);
    } else if (source.has("inline_string")) {
      field = "inline_string";
      bytes = source.string("inline_string").getBytes(StandardCharsets.UTF_8);
    } else {
      throw source.invalid("specifier", "is required: inline_string, inline_bytes or filename");
    }
    if (bytes.length > maxBytes) {
      throw source.invalid(
          field, "has " + bytes.length + " bytes; at most " + maxBytes + " are taken");
    }
    try {
      return StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes)).toString();
    } catch (CharacterCodingException notText) {
      throw source.invalid(field, "is not UTF-8; right would be text");
    }
  }

  private byte[] file(Message source, String path) {
    checks
        .fileRefusal(path)
        .ifPresent(
            refusal -> {
              throw source.invalid("filename", refusal);
            });
    try {
      if (!Files.isRegularFile(Path.of(path))) {
        throw source.invalid("filename", "is \"" + path + "\", which is no file");
      }
    } catch (InvalidPathException noPath) {
      throw source.invalid("filename", "is no path: " + noPath.getReason());
    }
    try (InputStream in = Files.newInputStream(Path.of(path))) {
      byte[] bytes = in.readNBytes(MAX_FILE_BYTES + 1);
      if (bytes.length > MAX_FILE_BYTES) {
        throw source.invalid("filename", "has more than " + MAX_FILE_BYTES + " bytes");
      }
      return bytes;
    } catch (IOException unreadable) {
      throw source.invalid("filename", "cannot be read: " + unreadable);
    }
  }
}
