package dev.proxyless.mesh.quickstart;

import dev.proxyless.mesh.document.DocumentException;
import dev.proxyless.mesh.document.Documents;
import dev.proxyless.mesh.document.Node;
import java.io.BufferedReader;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;

/** {@code mesh serve} as a child process, whose events are read. */
final class ControlPlaneProcess implements AutoCloseable {

  private static final long START_SECONDS = 20;

  private final List<String> command;
  private final Path log;
  private volatile Consumer<Node> watcher = event -> {};
  private volatile String error = "";
  private CompletableFuture<Node> started = new CompletableFuture<>();
  private Process process;
  private boolean closed;

  /**
   * Launches it on a free port; {@link #started} waits until it serves.
   *
   * @param log where its standard error goes
   */
  ControlPlaneProcess(Path jar, Path documents, URI cloudMap, Path log) throws IOException {
    this.log = log;
    command =
        List.of(
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "-XX:TieredStopAtLevel=1",
            "-XX:+UseSerialGC",
            "-Daws.accessKeyId=" + System.getProperty("aws.accessKeyId"),
            "-Daws.secretAccessKey=" + System.getProperty("aws.secretAccessKey"),
            "-jar",
            jar.toString(),
            "serve",
            documents.toString(),
            "--cloud-map-endpoint",
            cloudMap.toString(),
            "--cloud-map-region",
            Quickstart.REGION,
            "--format",
            "json",
            "--port");
    process = launch(0);
  }

  private Process launch(int port) throws IOException {
    List<String> arguments = new ArrayList<>(command);
    arguments.add(Integer.toString(port));
    Process launched =
        new ProcessBuilder(arguments)
            .redirectError(ProcessBuilder.Redirect.appendTo(log.toFile()))
            .start();
    CompletableFuture<Node> begun = started;
    Thread reader = new Thread(() -> read(launched, begun), "quickstart-control-plane");
    reader.setDaemon(true);
    reader.start();
    return launched;
  }

  private void read(Process from, CompletableFuture<Node> begun) {
    try (BufferedReader out = from.inputReader(StandardCharsets.UTF_8)) {
      for (String line = out.readLine(); line != null; line = out.readLine()) {
        told(Documents.parse("mesh serve", line), begun);
      }
      begun.completeExceptionally(new IOException("mesh serve ended: " + Files.readString(log)));
    } catch (IOException | DocumentException unreadable) {
      begun.completeExceptionally(unreadable);
    }
  }

  private void told(Node event, CompletableFuture<Node> begun) {
    switch (event.required("event").text()) {
      case "started" -> begun.complete(event);
      case "problem" -> {
        if (event.required("severity").text().equals("error")) {
          error = event.required("where").text() + ": " + event.required("message").text();
        }
      }
      case "fixed" -> error = "";
      default -> {}
    }
    watcher.accept(event);
  }

  /** What it told when it began to serve; waits for that. */
  Node started() throws IOException, InterruptedException {
    try {
      return started.get(START_SECONDS, TimeUnit.SECONDS);
    } catch (ExecutionException failed) {
      throw new IOException(String.valueOf(failed.getMessage()), failed);
    } catch (TimeoutException late) {
      throw new IOException("mesh serve did not start within " + START_SECONDS + " s", late);
    }
  }

  /** Has each of its events told from now on, on a thread of its own. */
  void watch(Consumer<Node> newWatcher) {
    watcher = newWatcher;
  }

  /** What is wrong with the documents, by its word; empty for nothing. */
  String error() {
    return error;
  }

  /** The port that it serves on. */
  int port() throws IOException, InterruptedException {
    return (int) started().required("port").integer(1, 65_535);
  }

  long pid() {
    return process.pid();
  }

  /** Kills it, as a crash would. */
  void kill() throws InterruptedException {
    process.destroyForcibly().waitFor();
  }

  /** Starts it again on the port that it had. */
  void restart() throws IOException, InterruptedException {
    int port = port();
    started = new CompletableFuture<>();
    synchronized (this) {
      if (!closed) {
        process = launch(port);
      }
    }
    started();
  }

  @Override
  public synchronized void close() {
    closed = true;
    process.destroy();
    try {
      if (!process.waitFor(5, TimeUnit.SECONDS)) {
        process.destroyForcibly().waitFor();
      }
    } catch (InterruptedException hurried) {
      process.destroyForcibly();
      Thread.currentThread().interrupt();
    }
  }
}
