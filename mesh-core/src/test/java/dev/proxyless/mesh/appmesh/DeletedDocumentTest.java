package dev.proxyless.mesh.appmesh;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Deleting a document removes what it says, unless another still refers to that. */
class DeletedDocumentTest {

  @TempDir Path directory;
  private AppMeshDocuments good = AppMeshDocuments.NONE;

  @BeforeEach
  void aRouteToOneNode() throws IOException {
    write("mesh.json", "{\"meshName\": \"m\"}");
    write(
        "node.json",
        """
        {"meshName": "m", "virtualNodeName": "n", "spec": {
          "listeners": [{"portMapping": {"port": 80, "protocol": "http"}}],
          "serviceDiscovery": {"dns": {"hostname": "n.local"}}}}
        """);
    write("router.json", "{\"meshName\": \"m\", \"virtualRouterName\": \"r\", \"spec\": {}}");
    write(
        "x-route.json",
        """
        {"meshName": "m", "virtualRouterName": "r", "routeName": "x",
         "spec": {"httpRoute": {"match": {"prefix": "/"},
           "action": {"weightedTargets": [{"virtualNode": "n", "weight": 1}]}}}}
        """);
    good = read(AppMeshDocuments.NONE);
    assertEquals(List.of(), good.problems());
    assertEquals(4, good.resourceCount());
  }

  @Test
  void whatIsReferredToStaysInForceUntilNothingRefersToIt() throws IOException {
    Files.delete(directory.resolve("node.json"));
    AppMeshDocuments kept = read(good);

    assertEquals(good.resourceNames().size(), kept.resourceCount());
    assertEquals(
        List.of(
            directory.resolve("x-route.json")
                + ":3: error: route r/x: spec.httpRoute.action.weightedTargets[0].virtualNode:"
                + " there is no virtualNode \"n\"; right would be a document that creates it;"
                + " what it said before stays in force"),
        kept.problems().stream().map(Problem::toString).toList());
    assertEquals(4, read(kept).resourceCount(), "a second look changes nothing");

    Files.delete(directory.resolve("x-route.json"));
    AppMeshDocuments removed = read(kept);
    assertEquals(List.of(), removed.problems());
    assertEquals(List.of("mesh m", "virtualRouter r"), removed.resourceNames());
  }

  @Test
  void theMeshStaysForAsLongAsItsResourcesDo() throws IOException {
    Files.delete(directory.resolve("mesh.json"));
    AppMeshDocuments kept = read(good);

    assertEquals(4, kept.resourceCount());
    assertEquals(1, kept.problems().size(), () -> kept.problems().toString());
  }

  @Test
  void whatNothingRefersToGoesWithItsFile() throws IOException {
    Files.delete(directory.resolve("x-route.json"));
    AppMeshDocuments fewer = read(good);

    assertEquals(List.of(), fewer.problems());
    assertEquals(List.of("mesh m", "virtualNode n", "virtualRouter r"), fewer.resourceNames());
  }

  private AppMeshDocuments read(AppMeshDocuments before) {
    return AppMeshDocuments.read(directory, before, AppMeshDocuments.Checks.NONE);
  }

  private void write(String name, String text) throws IOException {
    Files.writeString(directory.resolve(name), text);
  }
}
