package dev.proxyless.mesh.quickstart;

import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;

/** The quickstart's jar in a process of its own, as visitors run it. */
final class QuickstartRun implements AutoCloseable {

  /** On a machine that does much else, too. */
  private static final long LIMIT_SECONDS = 120;

  private static final String JAR = System.getProperty("quickstart.jar", "target/quickstart.jar");

  private final Process process;
  private final Path temporary;
  private final List<String> lines = Collections.synchronizedList(new ArrayList<>());
  private final Thread reader;

  /**
   * Starts it.
   *
   * @param directory for its temporary files and standard error
   */
  QuickstartRun(Path directory, String charset, String... arguments) throws IOException {
    assertTrue(Files.exists(Path.of(JAR)), JAR + " is made by mvn package");
    temporary = Files.createDirectories(directory.resolve("tmp"));
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.add("-XX:TieredStopAtLevel=1"); // it is short, and starts sooner so
    command.add("-Djava.io.tmpdir=" + temporary);
    command.add("-Dstdout.encoding=" + charset);
    command.add("-jar");
    command.add(JAR);
    command.addAll(List.of(arguments));
    process =
        new ProcessBuilder(command).redirectError(directory.resolve("stderr").toFile()).start();
    reader = new Thread(this::read, "quickstart-output");
    reader.start();
  }

  private void read() {
    try (BufferedReader out = process.inputReader(StandardCharsets.UTF_8)) {
      out.lines().forEach(lines::add);
    } catch (IOException | java.io.UncheckedIOException ended) {
      lines.add("the output ended: " + ended);
    }
  }

  /** Waits for its end and gives its exit status. */
  int status() throws InterruptedException {
    assertTrue(process.waitFor(LIMIT_SECONDS, TimeUnit.SECONDS), this::output);
    reader.join();
    return process.exitValue();
  }

  List<String> lines() {
    return List.copyOf(lines);
  }

  String output() {
    return String.join("\n", lines());
  }

  String errors() throws IOException {
    return Files.readString(temporary.resolveSibling("stderr"));
  }

  /** Waits for a line, and gives the first that is such. */
  String awaitLine(Predicate<String> such) throws InterruptedException {
    long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(LIMIT_SECONDS);
    while (true) {
      for (String line : lines()) {
        if (such.test(line)) {
          return line;
        }
      }
      assertTrue(System.nanoTime() < deadline, this::output);
      Thread.sleep(5);
    }
  }

  /** The names of the lines with this mark. */
  List<String> marked(String mark) {
    return lines().stream()
        .filter(line -> line.startsWith(mark + " "))
        .map(line -> line.split("\\s+")[1])
        .toList();
  }

  /** The processes that it has started and that run. */
  List<ProcessHandle> children() {
    return process.toHandle().children().toList();
  }

  /** What it has left in the directory for temporary files. */
  List<Path> leftBehind() throws IOException {
    try (var files = Files.list(temporary)) {
      return files.filter(each -> each.getFileName().toString().startsWith("mesh")).toList();
    }
  }

  /** Tells it to end, as {@code kill} does. */
  void terminate() {
    process.toHandle().destroy(); // Process.destroy would close its output as well
  }

  @Override
  public void close() {
    process.descendants().forEach(ProcessHandle::destroyForcibly);
    process.destroyForcibly();
  }
}
