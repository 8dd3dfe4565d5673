package dev.proxyless.mesh.controlplane;

import dev.proxyless.mesh.Bootstrap;
import dev.proxyless.mesh.Bootstrap.RetryThrottle;
import dev.proxyless.mesh.Bootstrap.XdsFileSource;
import dev.proxyless.mesh.Mesh;
import dev.proxyless.mesh.document.DocumentException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * What {@code mesh call} sends requests through: a mesh that goes by what {@code --config} names.
 *
 * @param mesh has its configuration
 * @param errors what of the configuration cannot be used
 */
record CallSource(Mesh mesh, List<String> errors) implements AutoCloseable {

  private static final String NODE = "mesh-call";

  /**
   * Opens a directory or file and waits for the configuration to be in force.
   *
   * @throws UnusableInputException if it, or a choice that does not fit it, cannot be used
   */
  static CallSource open(Path config, ConfigSource.Choice choice) {
    try {
      ConfigSource source = ConfigSource.read(config, choice);
      if (source instanceof ConfigSource.MeshYaml file) {
        return new CallSource(file.start(choice.patience()), List.of());
      }
      if (source instanceof ConfigSource.AppMesh documents) {
        Bootstrap.Builder bootstrap =
            Bootstrap.builder().nodeId(documents.node().id()).appMeshDirectory(config);
        return new CallSource(
            start(bootstrap, config, choice.patience()), List.copyOf(documents.errors()));
      }
      // What cannot be used is told in the words of the command line.
      ((ConfigSource.Resources) source).xds().configuration(choice.listener());
      Bootstrap.Builder bootstrap =
          Bootstrap.builder().nodeId(NODE).xdsFile(new XdsFileSource(config, choice.listener()));
      return new CallSource(start(bootstrap, config, choice.patience()), List.of());
    } catch (DocumentException unusable) {
      throw new UnusableInputException(String.valueOf(unusable.getMessage()), unusable);
    }
  }

  /**
   * Who gives the command a file vouches for the files that it names. Retries are those that the
   * file asks for: the throttle is a matter of mesh.yaml, and there is none.
   */
  private static Mesh start(Bootstrap.Builder bootstrap, Path config, Duration patience) {
    List<Path> everywhere =
        Optional.ofNullable(config.toAbsolutePath().getRoot()).stream().toList();
    return ConfigSource.ready(
        Mesh.builder()
            .bootstrap(
                bootstrap
                    .allowedDirectories(everywhere)
                    .retryThrottle(RetryThrottle.OFF)
                    .closeTimeout(Duration.ofSeconds(1))
                    .build())
            .build(),
        config,
        patience);
  }

  @Override
  public void close() {
    mesh.close();
  }
}
