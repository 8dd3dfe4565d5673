package dev.proxyless.mesh.file;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * The directories below which a control plane may name files. A control plane that may name any
 * file can read any file (as in CVE-2026-11752 of another library), so the list is the
 * application's own and is empty unless it says otherwise.
 *
 * <p>A path counts by where it really is: {@code ..} and symbolic links are followed first.
 * Immutable.
 */
public final class AllowedDirectories {

  private static final int MAX_LINKS = 40;

  private final List<Path> directories;

  /** Allows what lies below these directories. */
  public AllowedDirectories(List<Path> directories) {
    List<Path> real = new ArrayList<>();
    directories.forEach(directory -> real.add(real(directory)));
    this.directories = List.copyOf(real);
  }

  /**
   * Checks a path.
   *
   * @return why it may not be read, and what would help; empty if it may
   */
  public Optional<String> refusal(String path) {
    Path real;
    try {
      real = real(Path.of(path));
    } catch (InvalidPathException noPath) {
      return Optional.of("names a file whose path cannot be one: " + noPath.getReason());
    }
    for (Path directory : directories) {
      if (real.startsWith(directory) && !real.equals(directory)) {
        return Optional.empty();
      }
    }
    return Optional.of(
        "names the file "
            + path
            + ", which is not below an allowed directory; allowed are "
            + (directories.isEmpty() ? "none" : directories)
            + "; add its directory to tls.allowed_directories of mesh.yaml if configuration may name"
            + " files there");
  }

  private static Path real(Path path) {
    return real(path.toAbsolutePath(), MAX_LINKS);
  }

  /**
   * Where a path leads, also where nothing is there yet: a file that comes later must not turn out
   * to be elsewhere. Links are followed before {@code ..} is, as the system does.
   */
  private static Path real(Path path, int links) {
    try {
      return path.toRealPath();
    } catch (IOException notThereYet) {
      Path parent = path.getParent();
      Path name = path.getFileName();
      if (parent == null || name == null || links == 0) {
        return path.normalize();
      }
      Path directory = real(parent, links);
      if (name.toString().equals("..")) {
        Path above = directory.getParent();
        return above == null ? directory : above;
      }
      if (name.toString().equals(".")) {
        return directory;
      }
      try {
        return real(directory.resolve(Files.readSymbolicLink(directory.resolve(name))), links - 1);
      } catch (IOException noLink) {
        return directory.resolve(name);
      }
    }
  }

  @Override
  public String toString() {
    return directories.toString();
  }
}
