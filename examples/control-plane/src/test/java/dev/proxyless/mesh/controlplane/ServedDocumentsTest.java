package dev.proxyless.mesh.controlplane;

import static dev.proxyless.mesh.controlplane.AdsTestClient.RDS;
import static dev.proxyless.mesh.controlplane.AppsDirectory.SERVICE_A;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.proxyless.mesh.appmesh.Problem;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Documents that cannot be used, while they are served. */
class ServedDocumentsTest {

  private static final String ROUTES = "rds_egress_http_8000";

  @TempDir Path directory;
  private Serving serving;
  private AdsTestClient client;

  @BeforeEach
  void serve() throws Exception {
    serving = new Serving(directory);
    client = AdsTestClient.envoy(serving.port(), SERVICE_A);
    client.subscribe(RDS, ROUTES);
    client.nextAcked(RDS, ROUTES);
    serving.events.clear();
  }

  @AfterEach
  void stop() {
    client.close();
    serving.close();
  }

  @Test
  void aTypingErrorIsToldByFileAndLineAndChangesNothing() throws Exception {
    serving.apps.replace(
        "update-route.json",
        AppsDirectory.original("update-route.json").replace("\"prefix\"", "\"prefx\""));

    Problem problem = problem();
    assertTrue(problem.isError());
    assertEquals(directory.resolve("update-route.json") + ":7", problem.where());
    assertTrue(
        problem
            .message()
            .startsWith("spec.httpRoute.match.prefx: is no field that App Mesh has here"),
        problem::message);
    client.expectNothing();

    serving.apps.split(60, 40);
    client.nextAcked(RDS, ROUTES);
    serving.events.await(Event.ProblemGone.class, event -> event.problem().equals(problem));
  }

  @Test
  void brokenJsonChangesNothingEither() throws Exception {
    serving.apps.replace(
        "update-route.json",
        AppsDirectory.original("update-route.json")
            .replace("\"serviceB\", \"weight\"", "\"serviceB\" \"weight\""));

    assertEquals(directory.resolve("update-route.json") + ":10", problem().where());
    client.expectNothing();
  }

  @Test
  void anUnknownTargetIsToldWithThoseThatAre() throws Exception {
    serving.apps.replace(
        "update-route.json",
        AppsDirectory.original("update-route.json").replace("serviceBv2", "serviceBv3"));

    Problem problem = problem();
    assertEquals(directory.resolve("update-route.json") + ":11", problem.where());
    assertTrue(
        problem
            .message()
            .endsWith(
                "spec.httpRoute.action.weightedTargets[1].virtualNode: there is no virtualNode"
                    + " \"serviceBv3\"; the nearest is \"serviceBv2\"; right would be one of"
                    + " [serviceA, serviceB, serviceBv2]"),
        problem::message);
    client.expectNothing();
  }

  @Test
  void anExpressionThatCannotBeUsedIsNotServed() throws Exception {
    serving.apps.replace(
        "update-route.json",
        AppsDirectory.original("update-route.json")
            .replace("{ \"prefix\": \"/\" }", "{ \"path\": { \"regex\": \"/(open\" } }"));

    Problem problem = problem();
    assertEquals(directory.resolve("update-route.json") + ":7", problem.where());
    assertTrue(
        problem.message().startsWith("spec.httpRoute.match.path.regex: is \"/(open\""),
        problem::message);
    client.expectNothing();
  }

  @Test
  void aDirectoryThatIsGoneLeavesAllInForce() throws Exception {
    Path moved = directory.resolveSibling(directory.getFileName() + "-moved");
    Files.move(directory, moved);
    try {
      Problem problem = problem();
      assertEquals(directory.toString(), problem.where());
      client.expectNothing();
    } finally {
      Files.move(moved, directory);
    }
    serving.events.await(Event.ProblemGone.class, event -> true);
    client.expectNothing();
  }

  @Test
  void aProblemIsToldOnce() throws Exception {
    serving.apps.replace("create-zzz.json", "{");
    problem();
    serving.apps.split(60, 40);
    client.nextAcked(RDS, ROUTES);
    serving.events.await(Event.Changed.class, event -> true);

    assertEquals(1, serving.events.all(Event.ProblemFound.class).size());
  }

  @Test
  void aDirectoryWithoutDocumentsCannotBeServed(@TempDir Path empty) {
    UnusableInputException refused =
        assertThrows(UnusableInputException.class, () -> start(empty, 0));
    assertTrue(
        String.valueOf(refused.getMessage()).startsWith(empty + ": has no documents"),
        refused::getMessage);
  }

  @Test
  void aPortThatIsTakenIsNamed() {
    UnusableInputException refused =
        assertThrows(UnusableInputException.class, () -> start(directory, serving.port()));
    assertTrue(
        String.valueOf(refused.getMessage())
            .startsWith(
                "cannot listen on 127.0.0.1:" + serving.port() + ": Address already in use"),
        refused::getMessage);
  }

  private static void start(Path documents, int port) {
    ControlPlane.start(
            new ServeSettings(documents, "127.0.0.1", port, Optional.empty(), 20_000), event -> {})
        .close();
  }

  private Problem problem() throws Exception {
    return serving.events.await(Event.ProblemFound.class, event -> true).problem();
  }
}
