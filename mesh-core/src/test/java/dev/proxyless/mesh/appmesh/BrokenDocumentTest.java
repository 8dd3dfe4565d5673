package dev.proxyless.mesh.appmesh;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.proxyless.mesh.appmesh.AppMesh.WeightedTarget;
import dev.proxyless.mesh.appmesh.ResourceId.Kind;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A document that is broken while the mesh runs leaves in force what it said before. */
class BrokenDocumentTest {

  private static final ResourceId ROUTE = new ResourceId(Kind.ROUTE, "m", "r", "x");

  @TempDir Path directory;

  @BeforeEach
  void aMeshWithOneRoute() throws IOException {
    write("create-mesh.json", "{\"meshName\": \"m\"}");
    write(
        "create-node.json",
        """
        {"meshName": "m", "virtualNodeName": "n", "spec": {
          "listeners": [{"portMapping": {"port": 80, "protocol": "http"}}],
          "serviceDiscovery": {"dns": {"hostname": "n.local"}}}}
        """);
    write(
        "create-router.json",
        """
        {"meshName": "m", "virtualRouterName": "r",
         "spec": {"listeners": [{"portMapping": {"port": 80, "protocol": "http"}}]}}
        """);
    write("create-x-route.json", route(1));
    write("update-x-route.json", route(75));
  }

  @Test
  void aFileThatCannotBeParsedKeepsWhatItSaidBefore() throws IOException {
    AppMeshDocuments good =
        AppMeshDocuments.read(directory, AppMeshDocuments.NONE, AppMeshDocuments.Checks.NONE);
    assertEquals(List.of(), good.problems());

    write("update-x-route.json", route(75).replace("\"x\",", "\"x\""));
    AppMeshDocuments broken = AppMeshDocuments.read(directory, good, AppMeshDocuments.Checks.NONE);

    assertEquals(75, weight(broken), "the update's weight, not the create's");
    assertEquals(1, broken.problems().size(), () -> broken.problems().toString());
    assertEquals(directory.resolve("update-x-route.json") + ":2", broken.problems().get(0).where());

    AppMeshDocuments stillBroken =
        AppMeshDocuments.read(directory, broken, AppMeshDocuments.Checks.NONE);
    assertEquals(75, weight(stillBroken), "a second look changes nothing");

    write("update-x-route.json", route(10));
    AppMeshDocuments mended =
        AppMeshDocuments.read(directory, stillBroken, AppMeshDocuments.Checks.NONE);
    assertEquals(List.of(), mended.problems());
    assertEquals(10, weight(mended));
  }

  @Test
  void anUpdateOfABrokenCreationIsTaken() throws IOException {
    AppMeshDocuments good =
        AppMeshDocuments.read(directory, AppMeshDocuments.NONE, AppMeshDocuments.Checks.NONE);

    write("create-x-route.json", "{");
    write("update-x-route.json", route(20));
    AppMeshDocuments broken = AppMeshDocuments.read(directory, good, AppMeshDocuments.Checks.NONE);

    assertEquals(20, weight(broken));
    assertEquals(
        List.of(directory.resolve("create-x-route.json") + ":1"),
        broken.problems().stream().map(Problem::where).toList());
  }

  @Test
  void aFieldThatIsNoneRefusesTheDocumentFromTheStart() throws IOException {
    write("create-mesh.json", "{\"meshName\": \"m\", \"comment\": \"mine\"}");

    AppMeshDocuments documents =
        AppMeshDocuments.read(directory, AppMeshDocuments.NONE, AppMeshDocuments.Checks.NONE);

    Problem first = documents.problems().get(0);
    assertEquals(directory.resolve("create-mesh.json") + ":1", first.where());
    assertTrue(first.message().startsWith("comment: is no field"), first::message);
    assertEquals(0, documents.resourceCount(), "nothing stands without its mesh");
  }

  @Test
  void aReferenceToNothingIsToldByItsLineAndWholePath() throws IOException {
    write(
        "update-x-route.json",
        route(75).replace("\"virtualNode\": \"n\"", "\"virtualNode\": \"no\""));

    AppMeshDocuments documents =
        AppMeshDocuments.read(directory, AppMeshDocuments.NONE, AppMeshDocuments.Checks.NONE);

    assertEquals(
        List.of(
            directory.resolve("update-x-route.json")
                + ":3: error: route r/x: spec.httpRoute.action.weightedTargets[0].virtualNode: there"
                + " is no virtualNode \"no\"; the nearest is \"n\"; right would be one of [n]"),
        documents.problems().stream().map(Problem::toString).toList());
  }

  private static int weight(AppMeshDocuments documents) {
    return documents
        .find(ROUTE, AppMesh.Route.class)
        .map(AppMesh.Route::targets)
        .map(targets -> targets.stream().mapToInt(WeightedTarget::weight).sum())
        .orElse(-1);
  }

  private static String route(int weight) {
    return """
        {"meshName": "m", "virtualRouterName": "r", "routeName": "x",
         "spec": {"httpRoute": {"match": {"prefix": "/"},
           "action": {"weightedTargets": [{"virtualNode": "n", "weight": %d}]}}}}
        """
        .formatted(weight);
  }

  private void write(String name, String text) throws IOException {
    Files.writeString(directory.resolve(name), text);
  }
}
