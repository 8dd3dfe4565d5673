package dev.proxyless.mesh.spring.readme;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.proxyless.mesh.spring.ForkedJvm;
import java.io.File;
import java.io.IOException;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import javax.tools.JavaCompiler;
import javax.tools.StandardJavaFileManager;
import javax.tools.ToolProvider;

/** An application of a reader: sources that are compiled, and run in a JVM of their own. */
final class Application {

  /** What a reader's editor would add. */
  private static final String IMPORTS =
      """
      package readme;

      import dev.proxyless.mesh.*;
      import dev.proxyless.mesh.okhttp.*;
      import dev.proxyless.mesh.servlet.*;
      import dev.proxyless.mesh.spring.*;
      import jakarta.servlet.*;
      import jakarta.servlet.annotation.*;
      import java.util.*;
      import okhttp3.OkHttpClient;
      import okhttp3.Request;
      import okhttp3.Response;
      import org.springframework.boot.SpringApplication;
      import org.springframework.boot.autoconfigure.SpringBootApplication;
      import org.springframework.stereotype.Service;
      import org.springframework.web.client.RestClient;

      """;

  private final Path directory;
  private final List<Path> sources = new ArrayList<>();

  Application(Path directory) {
    this.directory = directory;
  }

  /** Adds a file to the working directory. */
  Application file(String name, String content) throws IOException {
    Files.writeString(directory.resolve(name), content);
    return this;
  }

  /** Adds a class. */
  Application source(String name, String code) throws IOException {
    Path file = directory.resolve(name + ".java");
    Files.writeString(file, IMPORTS + code);
    sources.add(file);
    return this;
  }

  /** Compiles, runs the class {@code Main}, and gives what it printed. */
  String run(String... arguments) throws IOException, InterruptedException {
    compile();
    Process process =
        ForkedJvm.start(
            directory,
            directory + File.pathSeparator + classPath(),
            "readme.Main",
            List.of(arguments));
    try {
      String output = new String(process.getInputStream().readAllBytes(), UTF_8);
      assertTrue(process.waitFor(60, TimeUnit.SECONDS), output);
      assertEquals(0, process.exitValue(), output);
      return output;
    } finally {
      process.destroyForcibly();
    }
  }

  private void compile() throws IOException {
    JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
    StringWriter complaints = new StringWriter();
    try (StandardJavaFileManager files = compiler.getStandardFileManager(null, null, UTF_8)) {
      boolean compiled =
          compiler
              .getTask(
                  complaints,
                  files,
                  null,
                  List.of("-proc:none", "-d", directory.toString(), "-cp", classPath()),
                  null,
                  files.getJavaFileObjectsFromPaths(sources))
              .call();
      assertTrue(compiled, complaints::toString);
    }
  }

  /** Without this module's own tests, whose application.yaml is not the reader's. */
  private static String classPath() {
    return Arrays.stream(ForkedJvm.classPath().split(File.pathSeparator))
        .filter(entry -> !entry.endsWith("test-classes"))
        .collect(Collectors.joining(File.pathSeparator));
  }
}
