package dev.proxyless.mesh.servlet;

import java.io.PrintWriter;
import java.util.Locale;

/**
 * A container's writer, with the bytes counted that its characters become. Nothing is held back
 * here, so that nothing is lost where the application does not flush.
 */
final class CountedWriter extends PrintWriter {

  private final PrintWriter writer;
  private final boolean utf8;
  private final ServedRequest served;

  CountedWriter(PrintWriter writer, String encoding, ServedRequest served) {
    super(writer);
    this.writer = writer;
    this.utf8 = encoding.toUpperCase(Locale.ROOT).equals("UTF-8");
    this.served = served;
  }

  @Override
  public void write(int c) {
    writer.write(c);
    served.sent(bytes((char) c));
  }

  @Override
  public void write(char[] chars, int offset, int length) {
    writer.write(chars, offset, length);
    long bytes = 0;
    for (int i = offset; i < offset + length; i++) {
      bytes += bytes(chars[i]);
    }
    served.sent(bytes);
  }

  @Override
  public void write(String text, int offset, int length) {
    writer.write(text, offset, length);
    long bytes = 0;
    for (int i = offset; i < offset + length; i++) {
      bytes += bytes(text.charAt(i));
    }
    served.sent(bytes);
  }

  @Override
  public void println() {
    write(System.lineSeparator());
  }

  /** A character of a pair is half of four bytes. Encodings but UTF-8 are taken for single-byte. */
  private int bytes(char c) {
    if (!utf8 || c < 0x80) {
      return 1;
    }
    return c < 0x800 || Character.isSurrogate(c) ? 2 : 3;
  }
}
