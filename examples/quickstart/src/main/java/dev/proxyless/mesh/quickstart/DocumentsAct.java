package dev.proxyless.mesh.quickstart;

import dev.proxyless.mesh.document.Node;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** App Mesh documents become resources, by the word of {@code mesh serve}. */
final class DocumentsAct implements Act {

  static final String NAME = "documents";

  private static final int DOCUMENTS = 10;
  private static final int RESOURCES = 8;

  @Override
  public String name() {
    return NAME;
  }

  @Override
  public List<String> show(World world, Progress progress) throws Exception {
    progress.doing("starting the control plane");
    Node started = world.controlPlane().started();
    long documents = started.required("documents").integer(0, Integer.MAX_VALUE);
    long resources = 0;
    List<String> kinds = new ArrayList<>();
    for (Map.Entry<String, Node> kind : started.required("resources").fields().entrySet()) {
      long count = kind.getValue().integer(0, Integer.MAX_VALUE);
      resources += count;
      kinds.add(Words.count(count, Words.spaced(kind.getKey())));
    }
    String seen =
        Words.count(documents, "App Mesh document")
            + " became "
            + Words.count(resources, "resource");
    NotHeld.unless(
        documents == DOCUMENTS && resources == RESOURCES,
        seen + Words.say("; right would be %d and %d", DOCUMENTS, RESOURCES));
    return List.of(seen + ": " + String.join(", ", kinds));
  }
}
