package dev.proxyless.mesh.quickstart;

import java.io.PrintStream;
import java.nio.charset.Charset;
import java.util.ArrayList;
import java.util.List;

/**
 * Writes the lines: aligned, in few colours, with progress where there is a terminal to show it,
 * and in ASCII where the character set has nothing better. No line is longer than 80 characters,
 * unless a single word is. Safe for use by several threads.
 */
final class Console {

  private static final int WIDTH = 80;
  private static final int NAME_WIDTH = 12;
  private static final String GREEN = "\u001b[32m";
  private static final String RED = "\u001b[31m";
  private static final String DIM = "\u001b[2m";
  private static final String BOLD = "\u001b[1m";
  private static final String RESET = "\u001b[0m";
  private static final String CLEAR_LINE = "\r\u001b[K";

  private final PrintStream out;
  private final boolean terminal;
  private final boolean unicode;
  private boolean muted;

  /**
   * A console.
   *
   * @param terminal whether colours and progress are shown
   * @param charset what {@code out} writes in
   */
  Console(PrintStream out, boolean terminal, Charset charset) {
    this.out = out;
    this.terminal = terminal;
    unicode = charset.newEncoder().canEncode("✓✗→…·");
  }

  /** What the process was started with. */
  static Console ofProcess() {
    Charset charset = charset();
    return new Console(new PrintStream(System.out, true, charset), isTerminal(), charset);
  }

  /** Where standard output is redirected, JDK 17 knows the system's character set alone. */
  private static Charset charset() {
    String name = System.getProperty("stdout.encoding", System.getProperty("native.encoding"));
    return name != null && Charset.isSupported(name)
        ? Charset.forName(name)
        : Charset.defaultCharset();
  }

  @SuppressWarnings("SystemConsoleNull") // asked further where it is not
  private static boolean isTerminal() {
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

  /** Writes a heading. */
  void title(String text) {
    print(styled(BOLD, text) + "\n");
  }

  /** Writes a line as it is. */
  void plain(String text) {
    print(text + "\n");
  }

  /** Shows that a line is being made. */
  Progress begin(String name) {
    TerminalProgress progress = new TerminalProgress(name);
    progress.doing("…");
    return progress;
  }

  /** Shows a line: its first part, and under that its details. */
  void end(String name, boolean held, List<String> parts) {
    StringBuilder text = new StringBuilder(terminal ? CLEAR_LINE : "");
    String mark =
        held ? styled(GREEN, unicode ? "✓" : "ok  ") : styled(RED, unicode ? "✗" : "FAIL");
    String lead = mark + " " + padded(name);
    String indent = " ".repeat((unicode ? 2 : 5) + NAME_WIDTH);
    for (int i = 0; i < parts.size(); i++) {
      for (String line : wrapped(parts.get(i), WIDTH - indent.length())) {
        text.append(lead).append(i == 0 || !held ? line : styled(DIM, line)).append('\n');
        lead = indent;
      }
    }
    print(text.toString());
  }

  /** Breaks a text between words; lines that follow are indented as the first is, and by two. */
  static List<String> wrapped(String text, int width) {
    List<String> lines = new ArrayList<>();
    String rest = text;
    String hang = " ".repeat(text.length() - text.stripLeading().length() + 2);
    while (rest.length() > width) {
      int space = rest.lastIndexOf(' ', width);
      if (rest.substring(0, Math.max(0, space)).isBlank()) {
        space = rest.indexOf(' ', width);
        if (space < 0) {
          break;
        }
      }
      lines.add(rest.substring(0, space));
      rest = hang + rest.substring(space + 1);
    }
    lines.add(rest);
    return lines;
  }

  /** Writes nothing from now on, but the end of a line that is not finished. */
  synchronized void mute() {
    if (terminal && !muted) {
      print("\n");
    }
    muted = true;
  }

  private synchronized void print(String text) {
    if (!muted) {
      out.print(unicode ? text : inAscii(text));
      out.flush();
    }
  }

  private static String inAscii(String text) {
    return text.replace("→", "->").replace("…", "...").replace("·", "-");
  }

  private static String padded(String name) {
    return String.format("%-" + NAME_WIDTH + "s", name);
  }

  private String styled(String style, String text) {
    return terminal ? style + text + RESET : text;
  }

  /** Written over itself; numbers ten times a second at most. */
  private final class TerminalProgress implements Progress {
    private static final long STEP_NANOS = 100_000_000;
    private final String name;
    private long last = System.nanoTime();

    TerminalProgress(String name) {
      this.name = name;
    }

    @Override
    public void doing(String what) {
      if (terminal) {
        print(CLEAR_LINE + "· " + padded(name) + styled(DIM, what));
      }
    }

    @Override
    public synchronized void at(int done, int of) {
      long now = System.nanoTime();
      if (terminal && now - last > STEP_NANOS) {
        last = now;
        doing(Words.say("%,d of %,d calls", done, of));
      }
    }
  }
}
