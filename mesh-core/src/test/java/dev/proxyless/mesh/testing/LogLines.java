package dev.proxyless.mesh.testing;

import java.io.ByteArrayOutputStream;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.List;

/**
 * What is logged from its making to its closing. Tests log by slf4j-simple, which writes to the
 * standard error of the moment.
 */
public final class LogLines implements AutoCloseable {

  private final PrintStream before = System.err;
  private final ByteArrayOutputStream lines = new ByteArrayOutputStream();

  /** Begins to listen. */
  public LogLines() {
    System.setErr(
        new PrintStream(
            new OutputStream() {
              @Override
              public synchronized void write(int b) {
                lines.write(b);
                before.write(b);
              }
            },
            true,
            StandardCharsets.UTF_8));
  }

  /** The lines so far that have this in them. */
  public List<String> with(String part) {
    return lines.toString(StandardCharsets.UTF_8).lines().filter(l -> l.contains(part)).toList();
  }

  @Override
  public void close() {
    System.setErr(before);
  }
}
