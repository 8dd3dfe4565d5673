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
import java.util.List;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

/** {@code mesh serve} as a child process. */
final class ControlPlaneProcess implements AutoCloseable {

  private static final long START_SECONDS = 20;

  private final Path jar;
  private final Path documents;
  private final URI cloudMap;
  private final Path log;
  private Process process;
  private Node started;

  private ControlPlaneProcess(Path jar, Path documents, URI cloudMap, Path log)
      throws IOException, InterruptedException {
    this.jar = jar;
    this.documents = documents;
    this.cloudMap = cloudMap;
    this.log = log;
    process = launch(0);
    started = awaitStarted();
  }

  /** Starts it on a free port and waits until it serves. */
  static ControlPlaneProcess start(Path jar, Path documents, URI cloudMap, Path log)
      throws IOException, InterruptedException {
    return new ControlPlaneProcess(jar, documents, cloudMap, log);
  }

  private Process launch(int port) throws IOException {
    List<String> command =
        List.of(
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "-XX:TieredStopAtLevel=1",
            "-Daws.accessKeyId=" + System.getProperty("aws.accessKeyId"),
            "-Daws.secretAccessKey=" + System.getProperty("aws.secretAccessKey"),
            "-jar",
            jar.toString(),
            "serve",
            documents.toString(),
            "--port",
            Integer.toString(port),
            "--cloud-map-endpoint",
            cloudMap.toString(),
            "--cloud-map-region",
            Quickstart.REGION,
            "--format",
            "json");
    return new ProcessBuilder(command).redirectError(log.toFile()).start();
  }

  private Node awaitStarted() throws IOException, InterruptedException {
    BlockingQueue<Optional<String>> lines = new LinkedBlockingQueue<>();
    Process running = process;
    Thread reader =
        new Thread(
            () -> {
              try (BufferedReader out = running.inputReader(StandardCharsets.UTF_8)) {
                for (String line = out.readLine(); line != null; line = out.readLine()) {
                  lines.add(Optional.of(line));
                }
              } catch (IOException ended) {
                // told by the end of the lines
              }
              lines.add(Optional.empty());
            },
            "quickstart-control-plane-output");
    reader.setDaemon(true);
    reader.start();
    long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(START_SECONDS);
    while (true) {
      Optional<String> line = lines.poll(deadline - System.nanoTime(), TimeUnit.NANOSECONDS);
      if (line == null || line.isEmpty()) {
        throw new IOException("mesh serve did not start: " + Files.readString(log));
      }
      Optional<Node> event = event(line.get());
      if (event.isPresent()) {
        return event.get();
      }
    }
  }

  private static Optional<Node> event(String line) {
    try {
      Node node = Documents.parse("mesh serve", line);
      return node.isMap() && node.find("event").filter(e -> e.text().equals("started")).isPresent()
          ? Optional.of(node)
          : Optional.empty();
    } catch (DocumentException notAnEvent) {
      return Optional.empty();
    }
  }

  /** What it told when it began to serve. */
  Node started() {
    return started;
  }

  int port() {
    return (int) started.required("port").integer(1, 65_535);
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
    process = launch(port);
    started = awaitStarted();
  }

  @Override
  public void close() {
    process.destroy();
    try {
      if (!process.waitFor(5, TimeUnit.SECONDS)) {
        process.destroyForcibly();
      }
    } catch (InterruptedException hurried) {
      process.destroyForcibly();
      Thread.currentThread().interrupt();
    }
  }
}
