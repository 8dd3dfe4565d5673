package dev.proxyless.mesh.tls;

import dev.proxyless.mesh.model.DataSource;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Optional;

/** Where PEM comes from, under the name that messages use. */
record Source(String name, DataSource data) {

  static Source of(DataSource data) {
    return new Source(data instanceof DataSource.File file ? file.path() : "inline", data);
  }

  Optional<Path> path() {
    return data instanceof DataSource.File file
        ? Optional.of(Path.of(file.path()))
        : Optional.empty();
  }

  byte[] read() {
    if (data instanceof DataSource.Inline inline) {
      return inline.bytes();
    }
    try {
      return Files.readAllBytes(Path.of(name));
    } catch (NoSuchFileException missing) {
      throw new TlsException(name + ": no such file", missing);
    } catch (InvalidPathException noPath) {
      throw new TlsException(name + ": is no path of a file", noPath);
    } catch (IOException failed) {
      throw new TlsException(name + ": cannot be read: " + failed, failed);
    }
  }
}
