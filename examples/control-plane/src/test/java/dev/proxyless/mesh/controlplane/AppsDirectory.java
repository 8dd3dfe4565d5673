package dev.proxyless.mesh.controlplane;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.stream.Stream;

/** A copy of the documents of mesh {@code apps} that a test may change. */
final class AppsDirectory {

  static final String SERVICE_A = "mesh/apps/virtualNode/serviceA";

  /** The documents themselves. */
  static final Path ORIGINAL =
      Path.of(System.getProperty("project.root", "../.."))
          .resolve("examples/quickstart/apps")
          .normalize();

  private final Path directory;

  AppsDirectory(Path directory) throws IOException {
    this.directory = directory;
    try (Stream<Path> files = Files.list(ORIGINAL)) {
      for (Path file : files.toList()) {
        Files.copy(file, directory.resolve(file.getFileName()));
      }
    }
  }

  Path path() {
    return directory;
  }

  /** Sends these shares to serviceB and serviceBv2. */
  void split(int serviceB, int serviceBv2) {
    replace(
        "update-route.json",
        original("update-route.json")
            .replace("\"weight\": 75", "\"weight\": " + serviceB)
            .replace("\"weight\": 25", "\"weight\": " + serviceBv2));
  }

  static String original(String file) {
    try {
      return Files.readString(ORIGINAL.resolve(file));
    } catch (IOException failed) {
      throw new UncheckedIOException(failed);
    }
  }

  /** Replaces a file in one step, by renaming. */
  void replace(String file, String text) {
    try {
      Path fresh = Files.createTempFile(directory, ".new", "");
      Files.writeString(fresh, text);
      Files.move(
          fresh,
          directory.resolve(file),
          StandardCopyOption.ATOMIC_MOVE,
          StandardCopyOption.REPLACE_EXISTING);
    } catch (IOException failed) {
      throw new UncheckedIOException(failed);
    }
  }

  void delete(String... files) {
    try {
      for (String file : List.of(files)) {
        Files.delete(directory.resolve(file));
      }
    } catch (IOException failed) {
      throw new UncheckedIOException(failed);
    }
  }
}
