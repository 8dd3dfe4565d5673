package dev.proxyless.mesh.file;

import java.io.IOException;
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
    Path real = real(Path.of(path));
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
    try {
      return path.toRealPath();
    } catch (IOException notThereYet) {
      Path absolute = path.toAbsolutePath().normalize();
      Path parent = absolute.getParent();
      Path name = absolute.getFileName();
      return parent == null || name == null ? absolute : real(parent).resolve(name);
    }
  }

  @Override
  public String toString() {
    return directories.toString();
  }
}
