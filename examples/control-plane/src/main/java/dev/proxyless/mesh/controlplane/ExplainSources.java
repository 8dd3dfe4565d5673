package dev.proxyless.mesh.controlplane;

import static dev.proxyless.mesh.controlplane.NodeGuide.fields;

import dev.proxyless.mesh.BootstrapReader;
import dev.proxyless.mesh.Mesh;
import dev.proxyless.mesh.OfflineMesh;
import dev.proxyless.mesh.XdsFile;
import dev.proxyless.mesh.admin.ExplainedRequest;
import dev.proxyless.mesh.admin.Explanation;
import dev.proxyless.mesh.appmesh.AppMeshDocuments;
import dev.proxyless.mesh.appmesh.NodeName;
import dev.proxyless.mesh.appmesh.Problem;
import dev.proxyless.mesh.appmesh.Translator;
import dev.proxyless.mesh.appmesh.View;
import dev.proxyless.mesh.call.MeshView;
import dev.proxyless.mesh.document.DocumentException;
import dev.proxyless.mesh.document.Documents;
import dev.proxyless.mesh.document.Node;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Opens what {@code mesh explain} asks. What kind it is, its content tells. */
final class ExplainSources {

  private ExplainSources() {}

  /**
   * Which part of a source is asked, where it has several.
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

  /**
   * Opens a directory or file.
   *
   * @throws UnusableInputException if it, or a choice that does not fit it, cannot be used
   */
  static ExplainSource open(Path config, Choice choice) {
    try {
      if (Files.isDirectory(config)) {
        refuse(choice.listener(), "--listener", "is for files of xDS resources", config);
        refuse(choice.clusters(), "--clusters", "is for files of xDS resources", config);
        return documents(config, choice.node());
      }
      refuse(choice.node(), "--node", "is for directories of App Mesh documents", config);
      List<Node> documents = Documents.readAll(config);
      if (XdsFile.isMeshYaml(documents)) {
        refuse(choice.listener(), "--listener", "is for files of xDS resources", config);
        refuse(choice.clusters(), "--clusters", "is for files of xDS resources", config);
        return running(config, choice.patience());
      }
      return resources(config, XdsFile.of(config.toString(), documents), choice);
    } catch (DocumentException unusable) {
      throw new UnusableInputException(String.valueOf(unusable.getMessage()), unusable);
    }
  }

  private static void refuse(Optional<String> given, String option, String why, Path config) {
    if (given.isPresent()) {
      throw new UnusableInputException(
          option + " " + why + ", which " + config + " is not; right would be to leave it out");
    }
  }

  private static ExplainSource documents(Path directory, Optional<String> id) {
    AppMeshDocuments documents = DocumentDirectory.read(directory);
    NodeName name =
        id.map(each -> DocumentDirectory.node(each, documents))
            .orElseGet(() -> DocumentDirectory.onlyNode(documents));
    OfflineMesh mesh =
        OfflineMesh.of(Translator.translate(documents, name, View.LIBRARY).orElseThrow());
    List<String> errors = new ArrayList<>();
    documents.problems().stream()
        .filter(Problem::isError)
        .forEach(problem -> errors.add(problem.where() + ": " + problem.message()));
    mesh.refusals().forEach(refusal -> errors.add(name.id() + ": " + refusal));
    return new Offline(
        mesh.view(), " as " + name.id(), fields("node", name.id()), List.copyOf(errors));
  }

  private static ExplainSource resources(Path file, XdsFile xds, Choice choice) {
    OfflineMesh mesh = xds.mesh(choice.listener(), choice.clusters().map(ExplainSources::clusters));
    Map<String, Object> fields = fields("config", file.toString());
    choice.listener().ifPresent(listener -> fields.put("listener", listener));
    return new Offline(mesh.view(), " by " + file, fields, List.of());
  }

  /** A file of resources, or of names one a line, or the names themselves. */
  private static Set<String> clusters(String given) {
    Path file = Path.of(given);
    if (!Files.isRegularFile(file)) {
      if (given.endsWith(".yaml") || given.endsWith(".yml") || given.endsWith(".json")) {
        throw new UnusableInputException("--clusters: " + given + ": no such file");
      }
      return names(given.split(",", -1));
    }
    List<Node> documents = Documents.readAll(file);
    Node first = documents.get(0);
    if (first.isText()) {
      return names(first.text().split("\\s+", -1));
    }
    if (first.isList() && first.items().stream().allMatch(Node::isText)) {
      return names(first.items().stream().map(Node::text).toArray(String[]::new));
    }
    return XdsFile.of(given, documents).clusterNames();
  }

  private static Set<String> names(String[] names) {
    Set<String> all = new LinkedHashSet<>();
    Arrays.stream(names).map(String::strip).filter(name -> !name.isEmpty()).forEach(all::add);
    return all;
  }

  private static ExplainSource running(Path file, Duration patience) {
    Mesh mesh;
    try {
      mesh = Mesh.builder().bootstrap(new BootstrapReader().read(file).build()).build();
    } catch (IllegalArgumentException unusable) {
      throw new UnusableInputException(file + ": " + unusable.getMessage(), unusable);
    }
    try {
      if (mesh.awaitReady(patience)) {
        return new Running(mesh, file);
      }
    } catch (InterruptedException ended) {
      Thread.currentThread().interrupt();
    }
    mesh.close();
    throw new UnusableInputException(
        file
            + ": no configuration came within "
            + patience.toSeconds()
            + " s; right would be a control plane that answers at its address, or a longer --wait");
  }

  private record Offline(
      MeshView view, String words, Map<String, Object> fields, List<String> errors)
      implements ExplainSource {
    @Override
    public Explanation explain(ExplainedRequest request, long random) {
      return Explanation.of(view, request, random);
    }
  }

  private record Running(Mesh mesh, Path file) implements ExplainSource {
    @Override
    public Explanation explain(ExplainedRequest request, long random) {
      return mesh.explain(request, random).orElseThrow();
    }

    @Override
    public String words() {
      return " as " + mesh.nodeId();
    }

    @Override
    public Map<String, Object> fields() {
      return NodeGuide.fields("node", mesh.nodeId(), "config", file.toString());
    }

    @Override
    public void close() {
      mesh.close();
    }
  }
}
