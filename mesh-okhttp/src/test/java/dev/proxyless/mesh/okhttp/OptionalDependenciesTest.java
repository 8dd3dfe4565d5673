package dev.proxyless.mesh.okhttp;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.File;
import java.nio.charset.StandardCharsets;
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
    Process process =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-cp",
                classPath,
                MinimalApplication.class.getName(),
                directory.toString())
            .redirectErrorStream(true)
            .start();
    String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertTrue(process.waitFor(60, TimeUnit.SECONDS), "it ended");
    assertEquals(0, process.exitValue(), output);
    assertTrue(output.contains("hello virtual_host=s.local") && output.contains("flags=-"), output);
  }
}
