package dev.proxyless.mesh.appmesh;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** A field that a hand has mistyped is named, with the one that was meant. */
class MisspelledFieldTest {

  private static final String ROUTE =
      """
      {
        "meshName": "m",
        "virtualRouterName": "r",
        "routeName": "x",
        "spec": {
          "httpRoute": {
            "match": { "prefix": "/" },
            "action": { "weightedTargets": [
              { "virtualNode": "n", "weight": 1 }
            ] },
            "retryPolicy": {
              "maxRetries": 3,
              "perRetryTimeout": { "unit": "ms", "value": 2000 },
              "httpRetryEvents": ["server-error"]
            }
          }
        }
      }
      """;

  @TempDir Path directory;

  @ParameterizedTest
  @CsvSource({
    "weight, wieght, 9, spec.httpRoute.action.weightedTargets[0].wieght",
    "virtualNode, virtualnode, 9, spec.httpRoute.action.weightedTargets[0].virtualnode",
    "weightedTargets, weigtedTargets, 8, spec.httpRoute.action.weigtedTargets",
    "retryPolicy, retryPolcy, 11, spec.httpRoute.retryPolcy",
    "maxRetries, maxRetry, 12, spec.httpRoute.retryPolicy.maxRetry",
    "httpRetryEvents, htpRetryEvents, 14, spec.httpRoute.retryPolicy.htpRetryEvents",
    "httpRoute, htttpRoute, 6, spec.htttpRoute",
    "prefix, prefx, 7, spec.httpRoute.match.prefx",
    "routeName, routName, 4, routName",
  })
  void theFieldThatWasMeantIsNamed(String right, String typed, int line, String path)
      throws IOException {
    assertEquals(
        List.of(
            directory.resolve("route.json")
                + ":"
                + line
                + ": error: "
                + path
                + ": is no field that App Mesh has here; right would be \""
                + right
                + "\""),
        problems(ROUTE.replace("\"" + right + "\"", "\"" + typed + "\"")));
  }

  @Test
  void aFieldThatIsLikeNoneHasAllNamed() throws IOException {
    assertEquals(
        List.of(
            directory.resolve("route.json")
                + ":9: error: spec.httpRoute.action.weightedTargets[0].comment: is no field that"
                + " App Mesh has here; right would be one of [port, virtualNode, weight]"),
        problems(ROUTE.replace("\"weight\": 1", "\"weight\": 1, \"comment\": \"mine\"")));
  }

  @Test
  void aFieldThatIsMissingIsNotGuessed() throws IOException {
    assertEquals(
        List.of(
            directory.resolve("route.json")
                + ":9: error: spec.httpRoute.action.weightedTargets[0].weight: is missing; it is"
                + " required here"),
        problems(ROUTE.replace(", \"weight\": 1", "")));
  }

  /** What is wrong with the route's document; the other documents that it names are not there. */
  private List<String> problems(String route) throws IOException {
    Files.writeString(directory.resolve("mesh.json"), "{\"meshName\": \"m\"}");
    Files.writeString(directory.resolve("route.json"), route);
    return AppMeshDocuments.read(directory, AppMeshDocuments.NONE, AppMeshDocuments.Checks.NONE)
        .problems()
        .stream()
        .map(Problem::toString)
        .toList();
  }
}
