package dev.proxyless.mesh.benchmarks.calls;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** The server's process, and the directory of its run. */
final class Backend implements AutoCloseable {

  private static final int ADDRESSES = 25;
  private static final int PORTS = 40;

  private final Process process;
  private final Path directory;
  private final List<String> plain;
  private final String tls;

  private Backend(Process process, Path directory, List<String> plain, String tls) {
    this.process = process;
    this.directory = directory;
    this.plain = plain;
    this.tls = tls;
  }

  /** Starts the server, on the class path of this JVM. */
  static Backend start() throws IOException, GeneralSecurityException {
    Path directory = Files.createTempDirectory("mesh-benchmark");
    Certificates.write(directory);
    String java = Path.of(System.getProperty("java.home"), "bin", "java").toString();
    Process process =
        new ProcessBuilder(
                java,
                "-Xmx256m",
                "-XX:+UseSerialGC",
                "-cp",
                System.getProperty("java.class.path"),
                BackendServer.class.getName(),
                Integer.toString(ADDRESSES),
                Integer.toString(PORTS),
                directory.toString())
            .redirectError(ProcessBuilder.Redirect.INHERIT)
            .start();
    BufferedReader output = process.inputReader(StandardCharsets.UTF_8);
    String plain = output.readLine();
    String tls = output.readLine();
    if (plain == null || tls == null) {
      process.destroyForcibly();
      throw new IOException("the server's process ended before it listened");
    }
    return new Backend(process, directory, List.of(plain.split(",")), tls);
  }

  /** Addresses and ports of the first endpoints, at most 1,000. */
  List<String> endpoints(int count) {
    return plain.subList(0, count);
  }

  String endpoint() {
    return plain.get(0);
  }

  /** The endpoint that speaks TLS and asks for a certificate. */
  String tlsEndpoint() {
    return tls;
  }

  /** Where this run keeps its files. */
  Path directory() {
    return directory;
  }

  @Override
  public void close() throws IOException {
    process.destroy();
    try {
      if (!process.waitFor(10, TimeUnit.SECONDS)) {
        process.destroyForcibly();
      }
    } catch (InterruptedException hurried) {
      process.destroyForcibly();
      Thread.currentThread().interrupt();
    }
    try (DirectoryStream<Path> files = Files.newDirectoryStream(directory)) {
      for (Path file : files) {
        Files.delete(file);
      }
    }
    Files.delete(directory);
  }
}
