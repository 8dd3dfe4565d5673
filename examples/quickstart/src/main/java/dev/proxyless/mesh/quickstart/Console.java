package dev.proxyless.mesh.quickstart;

import java.io.PrintStream;
import java.util.List;
import java.util.Locale;

/**
 * Writes the lines: aligned, in few colours, with progress where there is a terminal to show it.
 */
final class Console {

  private static final int NAME_WIDTH = 12;
  private static final String GREEN = "\u001b[32m";
  private static final String RED = "\u001b[31m";
  private static final String DIM = "\u001b[2m";
  private static final String BOLD = "\u001b[1m";
  private static final String RESET = "\u001b[0m";
  private static final String CLEAR_LINE = "\r\u001b[K";

  private final PrintStream out;
  private final boolean terminal;

  Console(PrintStream out, boolean terminal) {
    this.out = out;
    this.terminal = terminal;
  }

  /** Whether standard output is a terminal that shows colours. */
  @SuppressWarnings("SystemConsoleNull") // asked further where it is not
  static boolean isTerminal() {
    String term = System.getenv("TERM");
    boolean capable = term != null && !term.equals("dumb") && System.getenv("NO_COLOR") == null;
    return capable && System.console() != null && consoleIsTerminal();
  }

  /** From JDK 22 on there is a console even where output is redirected; it can be asked. */
  private static boolean consoleIsTerminal() {
    try {
      return (boolean) java.io.Console.class.getMethod("isTerminal").invoke(System.console());
    } catch (ReflectiveOperationException beforeJdk22) {
      return true;
    }
  }

  void title(String text) {
    out.println();
    out.println(styled(BOLD, text));
    out.println();
    out.flush();
  }

  void plain(String text) {
    out.println(text);
    out.flush();
  }

  /** Shows that a line is being made. */
  Progress begin(String name) {
    if (!terminal) {
      return Progress.NONE;
    }
    out.print("  · " + padded(name) + styled(DIM, "…"));
    out.flush();
    return new TerminalProgress(name);
  }

  /** Shows the line. */
  void end(String name, boolean held, String text) {
    if (terminal) {
      out.print(CLEAR_LINE);
    }
    List<String> lines = text.lines().toList();
    String mark = held ? styled(GREEN, "✓") : styled(RED, "✗");
    out.println("  " + mark + " " + padded(name) + (lines.isEmpty() ? "" : lines.get(0)));
    for (int i = 1; i < lines.size(); i++) {
      out.println(" ".repeat(4 + NAME_WIDTH) + styled(DIM, lines.get(i)));
    }
    out.flush();
  }

  private static String padded(String name) {
    return String.format(Locale.ROOT, "%-" + NAME_WIDTH + "s", name);
  }

  private String styled(String style, String text) {
    return terminal ? style + text + RESET : text;
  }

  /** Per cent, written over itself ten times a second at most. */
  private final class TerminalProgress implements Progress {
    private static final long STEP_NANOS = 100_000_000;
    private final String name;
    private long last = System.nanoTime();

    TerminalProgress(String name) {
      this.name = name;
    }

    @Override
    public synchronized void at(int done, int of) {
      long now = System.nanoTime();
      if (now - last > STEP_NANOS) {
        last = now;
        out.print(CLEAR_LINE + "  · " + padded(name) + styled(DIM, 100L * done / of + " %"));
        out.flush();
      }
    }
  }
}
