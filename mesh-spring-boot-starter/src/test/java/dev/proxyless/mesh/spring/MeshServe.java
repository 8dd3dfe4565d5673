package dev.proxyless.mesh.spring;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The command {@code mesh serve} as a process of its own. */
public final class MeshServe implements AutoCloseable {

  private static final Pattern STARTED = Pattern.compile("\"event\":\"started\".*\"port\":(\\d+)");

  private final Process process;
  private final CompletableFuture<Integer> port = new CompletableFuture<>();

  public MeshServe(Path documents) throws IOException {
    process =
        ForkedJvm.start(
            ForkedJvm.classPath(),
            "dev.proxyless.mesh.controlplane.MeshCommand",
            List.of(
                "serve",
                documents.toString(),
                "--port",
                "0",
                "--no-cloud-map",
                "--format",
                "json"));
    Thread reader = new Thread(this::read, "mesh-serve-output");
    reader.setDaemon(true);
    reader.start();
  }

  private void read() {
    StringBuilder seen = new StringBuilder();
    try (BufferedReader lines = process.inputReader(StandardCharsets.UTF_8)) {
      for (String line = lines.readLine(); line != null; line = lines.readLine()) {
        seen.append(line).append('\n');
        Matcher started = STARTED.matcher(line);
        if (started.find()) {
          port.complete(Integer.valueOf(started.group(1)));
        }
      }
    } catch (IOException closed) {
      seen.append(closed);
    }
    port.completeExceptionally(new IllegalStateException("mesh serve ended:\n" + seen));
  }

  public int port() {
    try {
      return port.get(60, TimeUnit.SECONDS);
    } catch (ExecutionException | TimeoutException failed) {
      throw new IllegalStateException("mesh serve did not start", failed);
    } catch (InterruptedException interrupted) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(interrupted);
    }
  }

  @Override
  public void close() {
    process.destroy();
    try {
      if (!process.waitFor(20, TimeUnit.SECONDS)) {
        process.destroyForcibly();
      }
    } catch (InterruptedException interrupted) {
      Thread.currentThread().interrupt();
    }
  }
}
