package dev.proxyless.mesh.appmesh;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What is wrong is refused by file, line, field and value, with what would be right. */
class RefusalTest {

  private static final String ACTION =
      "\"action\": {\"weightedTargets\": [{\"virtualNode\": \"serviceB\", \"weight\": 1}]}";

  @TempDir Path directory;
  private Apps apps;

  @BeforeEach
  void copy() {
    apps = new Apps(directory);
  }

  private String onlyError() {
    List<String> errors = apps.errors();
    assertEquals(1, errors.size(), errors::toString);
    return errors.get(0);
  }

  /** The one error begins with a place and a field, and has the value and what would be right. */
  private void assertRefused(String place, String value, String right) {
    String error = onlyError();
    assertTrue(error.startsWith(place + ": "), error);
    assertTrue(error.contains(value), error);
    assertTrue(error.contains(right), error);
  }

  @Test
  void aFileThatIsNoJsonIsToldByLineAndColumn() {
    apps.write(Apps.ROUTE, "{\n  \"meshName\": \"apps\",\n  \"routeName\" \"serviceB\"\n}");
    assertRefused("update-route.json:3: error", "\"", ":");
  }

  @Test
  void anEmptyFileIsTold() {
    apps.write("update-more.json", "");
    assertTrue(onlyError().startsWith("update-more.json"), apps.errors()::toString);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        // file                            | part                 | mistyped             | field
        //         | nearest
        "create-virtual-node-serviceb.json | outlierDetection     | outlierDetecton      | spec.listeners[0].outlierDetecton | outlierDetection",
        "create-virtual-node-serviceb.json | portMapping          | portmapping          | spec.listeners[0].portMapping     | is missing",
        "create-virtual-node-serviceb.json | maxServerErrors      | maxServerError       | maxServerErrors                   | is missing; it is required here (is \"maxServerError\" a misspelling of it?)",
        "create-virtual-node-serviceb.json | namespaceName        | nameSpaceName        | namespaceName                     | is missing",
        "create-virtual-node-servicea.json | backends             | backend              | spec.backend                      | backends",
        "create-virtual-node-servicea.json | virtualServiceName   | virtualServicename   | virtualServiceName                | is missing",
        "update-route.json                 | httpRetryEvents      | httpRetryEvent       | spec.httpRoute.retryPolicy.httpRetryEvent | httpRetryEvents",
        "update-route.json                 | maxRetries           | maxRetrys            | spec.httpRoute.retryPolicy.maxRetries | is missing",
        "update-route.json                 | weightedTargets      | weightedTarget       | spec.httpRoute.action.weightedTargets | is missing",
        "update-route.json                 | prefix               | prefx                | spec.httpRoute.match.prefx        | prefix",
        "update-route.json                 | retryPolicy          | retrypolicy          | spec.httpRoute.retrypolicy        | retryPolicy",
        "update-virtual-service.json       | provider             | providr              | spec.providr                      | provider",
        "create-virtual-router.json        | listeners            | listners             | spec.listners                     | listeners",
        "create-mesh.json                  | egressFilter         | egressfilter         | spec.egressfilter                 | egressFilter",
        "create-route.json                 | routeName            | routeNam             | routeNam                          | routeName",
        "create-route.json                 | meshName             | meshname             | meshName                          | is missing"
      })
  void aMistypedFieldIsToldAndTheNearestRightOne(
      String file, String part, String mistyped, String field, String nearest) {
    apps.edit(file, "\"" + part + "\"", "\"" + mistyped + "\"");
    String error =
        apps.errors().stream().filter(each -> each.startsWith(file)).findFirst().orElseThrow();
    assertTrue(error.contains(field + ": "), error);
    assertTrue(
        nearest.startsWith("is ")
            ? error.contains(nearest)
            : error.contains("the nearest is \"" + nearest + "\""),
        error);
  }

  @Test
  void aMistypedNameOfARouteIsNotTakenForItsRouter() {
    apps.delete(Apps.ROUTE).edit("create-route.json", "routeName", "routeNam");

    assertRefused("create-route.json:4", "routeNam: is no field", "\"routeName\"");
    assertEquals(
        List.of("virtualRouter serviceB"),
        apps.read().resourceNames().stream()
            .filter(name -> name.startsWith("virtualRouter"))
            .toList());
  }

  @Test
  void aMistypedNameOfANodeIsNotTakenForItsMesh() {
    apps.read();
    apps.edit(Apps.MESH, "DROP_ALL", "ALLOW_ALL")
        .write(
            "create-virtual-node-servicec.json",
            "{\"meshName\": \"apps\", \"virtualNodeNam\": \"c\", \"spec\": {}}");

    assertRefused("create-virtual-node-servicec.json:1", "virtualNodeNam", "\"virtualNodeName\"");
    assertTrue(
        Apps.names(apps.translation()).contains("CDS cds_egress_apps_mesh-allow-all"),
        "the mesh is what create-mesh.json says now");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "create-mesh.json | \"DROP_ALL\" | \"DROP\" | create-mesh.json:1: error: spec.egressFilter.type | is \"DROP\" | one of ALLOW_ALL, DROP_ALL",
        "create-virtual-router.json | 8000 | 0 | create-virtual-router.json:4: error: spec.listeners[0].portMapping.port | is 0 | from 1 to 65535",
        "create-virtual-router.json | 8000 | 65536 | create-virtual-router.json:4: error: spec.listeners[0].portMapping.port | is 65536 | from 1 to 65535",
        "create-virtual-router.json | 8000 | \"http\" | create-virtual-router.json:4: error: spec.listeners[0].portMapping.port | is \"http\" | a whole number from 1 to 65535",
        "create-virtual-router.json | \"http\" | \"https\" | create-virtual-router.json:4: error: spec.listeners[0].portMapping.protocol | is \"https\" | one of grpc, http, http2, tcp",
        "update-route.json | 75 | 101 | update-route.json:10: error: spec.httpRoute.action.weightedTargets[0].weight | is 101 | from 0 to 100",
        "update-route.json | \"/\" | \"api\" | update-route.json:7: error: spec.httpRoute.match.prefix | is \"api\" | a prefix that begins with /",
        "update-route.json | \"unit\": \"ms\" | \"unit\": \"min\" | update-route.json:16: error: spec.httpRoute.retryPolicy.perRetryTimeout.unit | is \"min\" | one of ms, s",
        "update-route.json | 2000 | -1 | update-route.json:16: error: spec.httpRoute.retryPolicy.perRetryTimeout.value | is -1 | a whole number from 0",
        "update-route.json | \"gateway-error\" | \"gateway-errors\" | update-route.json:17: error: spec.httpRoute.retryPolicy.httpRetryEvents[1] | is \"gateway-errors\" | gateway-error",
        "update-route.json | \"connection-error\" | \"connect\" | update-route.json:18: error: spec.httpRoute.retryPolicy.tcpRetryEvents[0] | is \"connect\" | connection-error",
        "update-route.json | \"maxRetries\": 3 | \"maxRetries\": 1.5 | update-route.json:15: error: spec.httpRoute.retryPolicy.maxRetries | is 1.5 | a whole number",
        "create-virtual-node-serviceb.json | \"maxEjectionPercent\": 50 | \"maxEjectionPercent\": 500 | create-virtual-node-serviceb.json:13: error: spec.listeners[0].outlierDetection.maxEjectionPercent | is 500 | from 0 to 100",
        "create-virtual-node-serviceb.json | \"value\": 1, | \"value\": 0, | create-virtual-node-serviceb.json:14: error: spec.listeners[0].outlierDetection.interval | is 0 | more than 0"
      })
  void aValueThatCannotBeIsToldWithItsFieldAndWhatWouldBeRight(
      String file, String part, String other, String place, String value, String right) {
    apps.edit(file, part, other);
    String error =
        apps.errors().stream().filter(each -> each.startsWith(file)).findFirst().orElseThrow();
    assertTrue(error.startsWith(place + ": "), error);
    assertTrue(error.contains(value), error);
    assertTrue(error.contains(right), error);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "{\"match\": {\"prefix\": \"/\", \"path\": {\"exact\": \"/\"}}, ACTION} | spec.httpRoute.match | has both prefix and path | exactly one",
        "{\"match\": {\"path\": {}}, ACTION} | spec.httpRoute.match.path | has none of exact, regex | exactly one",
        "{\"match\": {\"path\": {\"regex\": \"(\"}}, ACTION} | spec.httpRoute.match.path.regex | ( | RE2",
        "{\"match\": {\"prefix\": \"/\", \"headers\": [{\"name\": \"a\", \"match\": {\"regex\": \"a(?=b)\"}}]}, ACTION} | spec.httpRoute.match.headers[0].match.regex | a(?=b) | RE2",
        "{\"match\": {\"prefix\": \"/\", \"headers\": [{\"name\": \"a\", \"match\": {\"range\": {\"start\": 7, \"end\": 7}}}]}, ACTION} | spec.httpRoute.match.headers[0].match.range | start 7 and end 7 | below",
        "{\"match\": {\"prefix\": \"/\", \"headers\": []}, ACTION} | spec.httpRoute.match.headers | has 0 items | 1 to 10",
        "{\"match\": {\"prefix\": \"/\", \"method\": \"get\"}, ACTION} | spec.httpRoute.match.method | is \"get\" | GET",
        "{\"match\": {\"prefix\": \"/\"}, \"action\": {\"weightedTargets\": []}} | spec.httpRoute.action.weightedTargets | has 0 items | 1 to 10",
        "{\"match\": {\"prefix\": \"/\"}, \"action\": {\"weightedTargets\": [{\"virtualNode\": \"serviceB\", \"weight\": 0}]}} | spec.httpRoute.action.weightedTargets | add up to 0 | more than 0",
        "{\"match\": {\"prefix\": \"/\"}, ACTION, \"retryPolicy\": {\"maxRetries\": 1, \"perRetryTimeout\": {\"unit\": \"s\", \"value\": 1}}} | spec.httpRoute.retryPolicy | has no event | at least one",
        "{\"match\": {\"prefix\": \"/\"}, ACTION, \"timeout\": {\"perRequest\": {\"value\": 1}}} | spec.httpRoute.timeout.perRequest.unit | is missing | required",
        "{\"match\": {\"prefix\": \"/\"}, ACTION, \"timeout\": {\"perRequest\": 5}} | spec.httpRoute.timeout.perRequest | is 5 | a map"
      })
  void aRouteThatCannotBeIsTold(String route, String field, String value, String right) {
    apps.route(route.replace("ACTION", ACTION));
    assertRefused("update-route.json:1: error: " + field, value, right);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "grpcRoute | {} | httpRoute",
        "tcpRoute  | {} | httpRoute",
      })
  void aKindOfRouteThatIsNotSupportedYetIsTold(String kind, String route, String right) {
    apps.moreRoute("other", "{\"" + kind + "\": " + route + "}");
    assertRefused("create-route-other.json:1: error: spec." + kind, "not supported yet", right);
  }

  @Test
  void gatewaysAreToldNotToBeSupportedYet() {
    apps.write(
        "create-virtual-gateway.json",
        "{\"meshName\": \"apps\", \"virtualGatewayName\": \"g\", \"spec\": {}}");
    assertRefused("create-virtual-gateway.json:1: error: spec", "virtualGateway", "not yet");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "update-route.json | \"serviceBv2\" | \"serviceBv3\" | update-route.json:11: error: route serviceB/serviceB: spec.httpRoute.action.weightedTargets[1].virtualNode | there is no virtualNode \"serviceBv3\" | serviceBv2",
        "update-virtual-service.json | \"virtualRouterName\": \"serviceB\" | \"virtualRouterName\": \"serviceA\" | update-virtual-service.json:4: error: virtualService serviceb.apps.local: spec.provider.virtualRouter.virtualRouterName | there is no virtualRouter \"serviceA\" | serviceB",
        "create-virtual-node-servicea.json | \"serviceb.apps.local\" | \"servceb.apps.local\" | create-virtual-node-servicea.json:5: error: virtualNode serviceA: spec.backends[0].virtualService.virtualServiceName | there is no virtualService \"servceb.apps.local\" | serviceb.apps.local",
        "create-virtual-service-servicea.json | \"virtualNodeName\": \"serviceA\" | \"virtualNodeName\": \"serviceC\" | create-virtual-service-servicea.json:4: error: virtualService servicea.apps.local: spec.provider.virtualNode.virtualNodeName | there is no virtualNode \"serviceC\" | serviceA",
        "create-virtual-service-servicea.json | \"apps\" | \"app\" | create-virtual-service-servicea.json:2: error: virtualService servicea.apps.local: meshName | there is no mesh \"app\" | apps"
      })
  void aReferenceToNothingIsToldWithTheNearestThatIsThere(
      String file, String part, String other, String place, String value, String nearest) {
    apps.edit(file, part, other);
    String error =
        apps.errors().stream().filter(each -> each.startsWith(file)).findFirst().orElseThrow();
    assertTrue(error.startsWith(place + ": "), error);
    assertTrue(error.contains(value), error);
    assertTrue(error.contains("the nearest is \"" + nearest + "\""), error);
  }

  @Test
  void aTargetThatDoesNotListenThereIsTold() {
    apps.edit(Apps.ROUTE, "\"weight\": 25", "\"weight\": 25, \"port\": 9999");
    assertRefused(
        "update-route.json:11: error: route serviceB/serviceB:"
            + " spec.httpRoute.action.weightedTargets[1]",
        "\"serviceBv2\" has no listener on port 9999",
        "right would be one of [8000]");
  }

  @Test
  void aCertificateThatIsNoFileIsTold() {
    apps.edit(
        Apps.TARGET,
        "\"healthCheck\"",
        "\"tls\": {\"mode\": \"STRICT\", \"certificate\": {\"acm\": {\"certificateArn\":"
            + " \"arn:x\"}}}, \"healthCheck\"");
    assertTrue(
        apps.errors()
            .get(0)
            .startsWith(
                "create-virtual-node-serviceb.json:8: error: spec.listeners[0].tls.certificate.acm:"
                    + " names a certificate by acm; right would be file"),
        apps.errors()::toString);
  }

  @Test
  void aServiceThatIsABackendTwiceIsTold() {
    apps.edit(
        Apps.SELF,
        "\"backends\": [ ",
        "\"backends\": [ { \"virtualService\": { \"virtualServiceName\": \"serviceb.apps.local\" } },"
            + " ");
    assertEquals(
        "create-virtual-node-servicea.json:5: error:"
            + " spec.backends[1].virtualService.virtualServiceName: is \"serviceb.apps.local\", as"
            + " that of a backend before; right would be each service once",
        apps.errors().get(0));
  }

  @Test
  void aPortThatARouterListensOnTwiceIsTold() {
    apps.edit(
        Apps.ROUTER,
        "[ {",
        "[ { \"portMapping\": { \"port\": 8000, \"protocol\": \"http2\" } }, {");
    assertTrue(
        apps.errors()
            .get(0)
            .startsWith("create-virtual-router.json:4: error: spec.listeners[1].portMapping.port"),
        apps.errors()::toString);
  }

  @Test
  void goodFilesAreUsedBesideBadOnes() throws Exception {
    apps.write("create-virtual-node-serviced.json", "{");
    assertEquals(7, Apps.names(apps.translation()).size());
    Files.write(directory.resolve("update-x.json"), new byte[] {(byte) 0xff, (byte) 0xfe, 0});
    assertEquals(7, Apps.names(apps.translation()).size());
    assertEquals(2, apps.errors().size(), apps.errors()::toString);
  }
}
