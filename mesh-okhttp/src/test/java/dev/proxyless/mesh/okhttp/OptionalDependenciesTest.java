package dev.proxyless.mesh.okhttp;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The AWS SDK, Bouncy Castle, Micrometer and OpenTelemetry are optional, and protobuf is not
 * needed.
 */
class OptionalDependenciesTest {

  private static final Pattern OPTIONAL =
      Pattern.compile(
          ".*(software[/.]amazon|bouncycastle|micrometer|opentelemetry|protobuf|envoyproxy).*");

  @TempDir Path directory;

  @Test
  void aMeshedCallIsMadeWithoutThem() throws Exception {
    String classPath =
        Arrays.stream(System.getProperty("java.class.path").split(File.pathSeparator))
            .filter(entry -> !OPTIONAL.matcher(entry.replace('\\', '/')).matches())
            .collect(Collectors.joining(File.pathSeparator));
    Path output = directory.resolve("output");
    Process process =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-cp",
                classPath,
                MinimalApplication.class.getName(),
                Files.createDirectory(directory.resolve("documents")).toString())
            .redirectErrorStream(true)
            .redirectOutput(output.toFile())
            .start();
    try {
      assertTrue(process.waitFor(60, TimeUnit.SECONDS), () -> "it did not end: " + read(output));
    } finally {
      process.destroyForcibly();
    }
    String said = read(output);
    assertEquals(0, process.exitValue(), said);
    assertTrue(said.contains("hello virtual_host=s.local") && said.contains("flags=-"), said);
    assertTrue(
        said.contains("the AWS SDK for Cloud Map is not on the class path"),
        () -> "what is missing, and what to add for it, is told: " + said);
  }

  private static String read(Path file) {
    try {
      return Files.readString(file);
    } catch (IOException failed) {
      throw new UncheckedIOException(failed);
    }
  }
}
