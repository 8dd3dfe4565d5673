package dev.proxyless.mesh.controlplane;

import static dev.proxyless.mesh.controlplane.NodeGuide.fields;

import dev.proxyless.mesh.Mesh;
import dev.proxyless.mesh.OfflineMesh;
import dev.proxyless.mesh.XdsFile;
import dev.proxyless.mesh.admin.ExplainedRequest;
import dev.proxyless.mesh.admin.Explanation;
import dev.proxyless.mesh.appmesh.NodeName;
import dev.proxyless.mesh.appmesh.Translator;
import dev.proxyless.mesh.appmesh.View;
import dev.proxyless.mesh.call.MeshView;
import dev.proxyless.mesh.document.DocumentException;
import dev.proxyless.mesh.document.Documents;
import dev.proxyless.mesh.document.Node;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Opens what {@code mesh explain} asks. What kind it is, its content tells. */
final class ExplainSources {

  private ExplainSources() {}

  /**
   * Opens a directory or file.
   *
   * @throws UnusableInputException if it, or a choice that does not fit it, cannot be used
   */
  static ExplainSource open(Path config, ConfigSource.Choice choice) {
    try {
      ConfigSource source = ConfigSource.read(config, choice);
      if (source instanceof ConfigSource.AppMesh documents) {
        return documents(documents);
      }
      if (source instanceof ConfigSource.MeshYaml file) {
        return new Running(file.start(choice.patience()), config);
      }
      return resources(config, ((ConfigSource.Resources) source).xds(), choice);
    } catch (DocumentException unusable) {
      throw new UnusableInputException(String.valueOf(unusable.getMessage()), unusable);
    }
  }

  private static ExplainSource documents(ConfigSource.AppMesh source) {
    NodeName name = source.node();
    OfflineMesh mesh =
        OfflineMesh.of(Translator.translate(source.documents(), name, View.LIBRARY).orElseThrow());
    List<String> errors = new ArrayList<>(source.errors());
    mesh.refusals().forEach(refusal -> errors.add(name.id() + ": " + refusal));
    return new Offline(
        mesh.view(), " as " + name.id(), fields("node", name.id()), List.copyOf(errors));
  }

  private static ExplainSource resources(Path file, XdsFile xds, ConfigSource.Choice choice) {
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
