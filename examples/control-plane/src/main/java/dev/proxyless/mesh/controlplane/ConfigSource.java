package dev.proxyless.mesh.controlplane;

import dev.proxyless.mesh.BootstrapReader;
import dev.proxyless.mesh.Mesh;
import dev.proxyless.mesh.XdsFile;
import dev.proxyless.mesh.appmesh.AppMeshDocuments;
import dev.proxyless.mesh.appmesh.NodeName;
import dev.proxyless.mesh.appmesh.Problem;
import dev.proxyless.mesh.document.DocumentException;
import dev.proxyless.mesh.document.Documents;
import dev.proxyless.mesh.document.Node;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/** What {@code --config} names. What kind it is, its content tells. */
sealed interface ConfigSource {

  /**
   * Which part of it is meant, where it has several.
   *
   * @param node a virtual node
   * @param listener a listener
   * @param clusters a file of clusters, or their names with commas between them
   * @param patience how long a mesh may wait for its first configuration
   */
  record Choice(
      Optional<String> node,
      Optional<String> listener,
      Optional<String> clusters,
      Duration patience) {}

  /** A directory of App Mesh documents, and the virtual node that asks. */
  record AppMesh(Path directory, AppMeshDocuments documents, NodeName node)
      implements ConfigSource {

    /** What is wrong with the documents. */
    List<String> errors() {
      return documents.problems().stream()
          .filter(Problem::isError)
          .map(problem -> problem.where() + ": " + problem.message())
          .toList();
    }
  }

  /** A {@code mesh.yaml}. */
  record MeshYaml(Path file) implements ConfigSource {

    /**
     * A mesh that follows it, once it has configuration.
     *
     * @throws UnusableInputException if it cannot be used, or none comes in time
     */
    Mesh start(Duration patience) {
      try {
        return ready(
            Mesh.builder().bootstrap(new BootstrapReader().read(file).build()).build(),
            file,
            patience);
      } catch (IllegalArgumentException unusable) {
        throw new UnusableInputException(file + ": " + unusable.getMessage(), unusable);
      }
    }
  }

  /** A file of xDS resources. */
  record Resources(Path file, XdsFile xds) implements ConfigSource {}

  /**
   * Reads a directory or file.
   *
   * @throws UnusableInputException if it, or a choice that does not fit it, cannot be used
   * @throws DocumentException if it cannot be read
   */
  static ConfigSource read(Path config, Choice choice) {
    if (Files.isDirectory(config)) {
      refuse(choice.listener(), "--listener", "is for files of xDS resources", config);
      refuse(choice.clusters(), "--clusters", "is for files of xDS resources", config);
      AppMeshDocuments documents = DocumentDirectory.read(config);
      NodeName node =
          choice
              .node()
              .map(each -> DocumentDirectory.node(each, documents))
              .orElseGet(() -> DocumentDirectory.onlyNode(documents));
      return new AppMesh(config, documents, node);
    }
    refuse(choice.node(), "--node", "is for directories of App Mesh documents", config);
    List<Node> documents = Documents.readAll(config);
    if (XdsFile.isMeshYaml(documents)) {
      refuse(choice.listener(), "--listener", "is for files of xDS resources", config);
      refuse(choice.clusters(), "--clusters", "is for files of xDS resources", config);
      return new MeshYaml(config);
    }
    return new Resources(config, XdsFile.of(config.toString(), documents));
  }

  private static void refuse(Optional<String> given, String option, String why, Path config) {
    if (given.isPresent()) {
      throw new UnusableInputException(
          option + " " + why + ", which " + config + " is not; right would be to leave it out");
    }
  }

  /**
   * This mesh, once it has configuration.
   *
   * @throws UnusableInputException if none comes in time; the mesh is closed then
   */
  static Mesh ready(Mesh mesh, Path config, Duration patience) {
    try {
      if (mesh.awaitReady(patience)) {
        return mesh;
      }
    } catch (InterruptedException ended) {
      Thread.currentThread().interrupt();
    }
    mesh.close();
    throw new UnusableInputException(
        config
            + ": no configuration came within "
            + patience.toSeconds()
            + " s; right would be a control plane that answers at its address, or a longer --wait");
  }
}
