package dev.proxyless.mesh.spring;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.File;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class OptionalDependenciesTest {

  /** Of the AWS SDK a part stays, as in an application that uses others of its services. */
  private static final Pattern ABSENT =
      Pattern.compile(
          "micrometer|opentelemetry|actuator|http-client|restclient|http-converter|spring-web|"
              + "servlet|tomcat|jackson|awssdk|bcp|bcutil|junit|test|mockwebserver|picocli|"
              + "webmvc|jetty");

  @TempDir private Path documents;

  @Test
  void theStarterNeedsNoneOfThem() throws Exception {
    try (ServiceMesh service = new ServiceMesh(documents)) {
      service.answer(503, "");
      service.answer(200, "");
      List<String> arguments = new ArrayList<>();
      Arrays.stream(service.properties()).map(each -> "--" + each).forEach(arguments::add);
      arguments.addAll(List.of("--spring.config.name=none", "--url=" + service.url("/")));

      Process process = ForkedJvm.start(classPath(), BareApplication.class.getName(), arguments);
      String output;
      try {
        output = new String(process.getInputStream().readAllBytes(), UTF_8);
        assertTrue(process.waitFor(60, TimeUnit.SECONDS), output);
      } finally {
        process.destroyForcibly();
      }

      assertEquals(0, process.exitValue(), output);
      assertTrue(output.contains("answered 200"), output);
    }
  }

  private static String classPath() {
    List<String> kept = new ArrayList<>();
    for (String entry : ForkedJvm.classPath().split(File.pathSeparator)) {
      Path name = Path.of(entry).getFileName();
      boolean built = name.endsWith("classes") || name.endsWith("test-classes");
      if (built ? !entry.contains("mesh-servlet") : !ABSENT.matcher(name.toString()).find()) {
        kept.add(entry);
      }
    }
    String path = String.join(File.pathSeparator, kept);
    assertFalse(path.contains("micrometer"), path);
    assertTrue(path.contains("spring-boot-autoconfigure"), path);
    return path;
  }
}
