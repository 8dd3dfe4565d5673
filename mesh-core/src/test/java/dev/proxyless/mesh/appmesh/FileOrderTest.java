package dev.proxyless.mesh.appmesh;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.proxyless.mesh.model.RouteAction.ClusterSpecifier;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Files apply in the byte order of their names. */
class FileOrderTest {

  @TempDir Path directory;
  private Apps apps;

  @BeforeEach
  void copy() {
    apps = new Apps(directory);
  }

  private static String route(int weight) {
    return """
        {"meshName": "apps", "virtualRouterName": "serviceB", "routeName": "serviceB", "spec":
          {"httpRoute": {"match": {"prefix": "/"}, "action": {"weightedTargets":
            [{"virtualNode": "serviceB", "weight": %d}]}}}}
        """
        .formatted(weight);
  }

  private long weight() {
    return ((ClusterSpecifier.Weighted) apps.firstAction().cluster()).clusters().get(0).weight();
  }

  @Test
  void theLastUpdateReplacesTheSpecificationAsAWhole() {
    apps.write("update-second.json", route(42));

    assertEquals(42, weight());
    assertEquals(
        2,
        apps.firstAction().retryPolicy().orElseThrow().numRetries(),
        "the retry policy of the update before is gone: this is the default one");
    assertEquals(8, apps.read().resourceCount());
  }

  @Test
  void bytesOrderNamesNotLetters() {
    apps.write("update-s-a.json", route(1)).write("update-s-B.json", route(2));
    assertEquals(1, weight(), "B is 0x42, a is 0x61");
    apps.write("update-s-\u00e9.json", route(3));
    assertEquals(3, weight(), "and é is 0xc3 0xa9, above all of ASCII");
  }

  @Test
  void twoCreationsOfOneResourceAreAnErrorAndTheFirstStands() {
    apps.delete(Apps.ROUTE).write("create-route-again.json", route(9));

    assertEquals(1, apps.errors().size(), () -> apps.errors().toString());
    assertEquals(
        "create-route.json:1: error: creates route serviceB/serviceB, which create-route-again.json"
            + " creates already; right would be one create file for each resource, or a name that"
            + " begins with update-",
        apps.errors().get(0));
    assertEquals(9, weight());
  }

  @Test
  void anUpdateOfWhatNoFileCreatesIsAnError() {
    apps.delete("create-route.json");

    assertEquals(
        List.of(
            "update-route.json:1: error: updates route serviceB/serviceB, which no file before it"
                + " creates; right would be a create file that sorts before this one"),
        apps.errors());
  }

  @Test
  void whatIsNoDocumentByItsNameIsNotRead() {
    apps.write(".create-route.json.swp", "{").write("notes.txt", "{").write(".hidden.json", "{");
    assertEquals(List.of(), apps.errors());
    assertEquals(10, apps.read().documentCount());
  }

  @Test
  void documentsMayBeYaml() {
    apps.delete(Apps.ROUTE)
        .write(
            "update-route.yaml",
            """
            meshName: apps
            virtualRouterName: serviceB
            routeName: serviceB
            spec:
              httpRoute:
                match: {prefix: /}
                action:
                  weightedTargets:
                  - {virtualNode: serviceB, weight: 33}
            """);
    assertEquals(33, weight());
  }

  @Test
  void aResourceWhoseFileGoesIsGone() {
    apps.read();
    apps.delete(Apps.ROUTE);
    assertEquals(1, weight(), "what create-route.json says");
    apps.delete("create-route.json");
    assertEquals(List.of(), apps.routes().virtualHosts().get(0).routes());
    assertEquals(7, apps.read().resourceCount());
  }
}
