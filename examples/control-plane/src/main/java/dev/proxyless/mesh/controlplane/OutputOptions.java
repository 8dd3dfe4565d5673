package dev.proxyless.mesh.controlplane;

import java.util.Locale;
import picocli.CommandLine.Help.Ansi;
import picocli.CommandLine.Option;

/** How a command tells what it found. */
final class OutputOptions {

  /** For people, or for programs. */
  enum Format {
    TEXT,
    JSON;

    @Override
    public String toString() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  @Option(
      names = "--format",
      paramLabel = "text|json",
      description = "How results are written to standard output (default: text).")
  private Format format = Format.TEXT;

  @Option(names = "--json", description = "The same as --format json.")
  private boolean json;

  @Option(
      names = {"-v", "--verbose"},
      description = "Logs more to standard error.")
  void verbose(boolean verbose) {
    if (verbose) {
      System.setProperty("org.slf4j.simpleLogger.defaultLogLevel", "debug");
    }
  }

  boolean isJson() {
    return json || format == Format.JSON;
  }

  /** Colours where a person looks at the output in a terminal. */
  Style style() {
    return new Style(!isJson() && Ansi.AUTO.enabled());
  }
}
