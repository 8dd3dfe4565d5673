package dev.proxyless.mesh.controlplane;

import dev.proxyless.mesh.OfflineMesh;
import dev.proxyless.mesh.appmesh.AppMeshDocuments;
import dev.proxyless.mesh.appmesh.NodeName;
import dev.proxyless.mesh.appmesh.Problem;
import dev.proxyless.mesh.appmesh.Translation;
import dev.proxyless.mesh.appmesh.Translator;
import dev.proxyless.mesh.appmesh.View;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * What a virtual node is served.
 *
 * @param name which node
 * @param library what this library gets
 * @param envoy what Envoy gets
 * @param loopback Envoy's ports
 * @param problems what was found in translating
 */
record ServedNode(
    NodeName name,
    NodeView library,
    NodeView envoy,
    List<Loopback> loopback,
    List<Problem> problems) {

  /**
   * Translates a node. Where the library would refuse a resource of it, what was served before is
   * kept, if there was something.
   */
  static ServedNode of(
      NodeName name, AppMeshDocuments documents, int envoyPortOffset, Optional<ServedNode> before) {
    Translation library = Translator.translate(documents, name, View.LIBRARY).orElseThrow();
    Translation envoy =
        Translator.translate(documents, name, View.envoy(envoyPortOffset)).orElseThrow();
    OfflineMesh checked = OfflineMesh.of(library);
    List<Problem> problems = new ArrayList<>(library.problems());
    envoy.problems().stream().filter(each -> !problems.contains(each)).forEach(problems::add);
    checked.refusals().forEach(refusal -> problems.add(refused(name, refusal)));
    if (!checked.refusals().isEmpty() && before.isPresent()) {
      ServedNode kept = before.get();
      return new ServedNode(name, kept.library, kept.envoy, kept.loopback, List.copyOf(problems));
    }
    return new ServedNode(
        name,
        NodeView.of(library, checked.clusters()),
        NodeView.of(envoy, checked.clusters()),
        Loopback.of(envoy),
        List.copyOf(problems));
  }

  private static Problem refused(NodeName name, String refusal) {
    return new Problem(Problem.Severity.ERROR, name.id(), refusal);
  }

  NodeView view(Client client) {
    return client == Client.LIBRARY ? library : envoy;
  }
}
