package dev.proxyless.mesh.spring;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Starts classes of this test's class path in a JVM of their own. */
public final class ForkedJvm {

  private ForkedJvm() {}

  /** The class path of this test, which surefire keeps elsewhere than the JVM does. */
  public static String classPath() {
    return System.getProperty("surefire.test.class.path", System.getProperty("java.class.path"));
  }

  static Process start(String classPath, String mainClass, List<String> arguments)
      throws IOException {
    return start(Path.of(""), classPath, mainClass, arguments);
  }

  public static Process start(
      Path directory, String classPath, String mainClass, List<String> arguments)
      throws IOException {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(List.of("-cp", classPath, mainClass));
    command.addAll(arguments);
    return new ProcessBuilder(command)
        .directory(directory.toAbsolutePath().toFile())
        .redirectErrorStream(true)
        .start();
  }
}
