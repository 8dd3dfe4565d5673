package dev.proxyless.mesh;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.proxyless.mesh.Bootstrap.CloudMap;
import dev.proxyless.mesh.Bootstrap.ControlPlane;
import dev.proxyless.mesh.Bootstrap.ControlPlaneTls;
import dev.proxyless.mesh.Bootstrap.XdsFileSource;
import dev.proxyless.mesh.document.DocumentException;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Every key of {@code mesh.yaml}, and the variables that App Mesh's sidecars took. */
class BootstrapKeysTest {

  private static final Path DIRECTORY = Path.of("conf").toAbsolutePath();
  private static final String LEAST = "node: {id: a}\ncontrol_plane: {address: 'cp:1'}\n";

  private static Bootstrap read(String yaml) {
    return new BootstrapReader(name -> null).read("mesh.yaml", yaml, DIRECTORY).build();
  }

  private static BootstrapReader reader(Map<String, String> environment) {
    return new BootstrapReader(environment::get);
  }

  @Test
  void everyKeyActs() {
    Bootstrap bootstrap =
        read(
            """
            node:
              id: mesh/apps/virtualNode/serviceA
              cluster: apps
              metadata: {zone: a, weight: 2, on: true, tags: [x, y], more: {deep: 1.5}}
            control_plane:
              address: cp.local:18000
              tls:
                trusted_ca: ca.pem
                server_name: control.local
                certificate_chain: /etc/own.pem
                private_key: own-key.pem
            cloud_map:
              enabled: true
              endpoint: http://127.0.0.1:5000
              region: eu-west-1
              refresh_interval: 2s
            tls:
              allowed_directories: [certs, /etc/mesh]
            calls:
              ready_timeout: 500ms
            close_timeout: 2m
            """);

    assertEquals("mesh/apps/virtualNode/serviceA", bootstrap.nodeId());
    assertEquals("apps", bootstrap.nodeCluster());
    assertEquals(
        Map.of(
            "zone",
            "a",
            "weight",
            2L,
            "on",
            true,
            "tags",
            List.of("x", "y"),
            "more",
            Map.of("deep", 1.5)),
        bootstrap.nodeMetadata());
    assertEquals(
        new ControlPlane(
            "cp.local",
            18000,
            Optional.of(
                new ControlPlaneTls(
                    DIRECTORY.resolve("ca.pem"),
                    "control.local",
                    Optional.of(Path.of("/etc/own.pem")),
                    Optional.of(DIRECTORY.resolve("own-key.pem"))))),
        bootstrap.controlPlane().orElseThrow());
    assertEquals(
        new CloudMap(
            true,
            Optional.of(URI.create("http://127.0.0.1:5000")),
            Optional.of("eu-west-1"),
            Duration.ofSeconds(2)),
        bootstrap.cloudMap());
    assertEquals(
        List.of(DIRECTORY.resolve("certs"), Path.of("/etc/mesh")), bootstrap.allowedDirectories());
    assertEquals(Duration.ofMillis(500), bootstrap.readyTimeout());
    assertEquals(Duration.ofMinutes(2), bootstrap.closeTimeout());
  }

  @Test
  void whatIsNotSaidHasItsDefault() {
    Bootstrap bootstrap = read(LEAST);

    assertEquals("a", bootstrap.nodeCluster(), "the node's id");
    assertEquals(Map.of(), bootstrap.nodeMetadata());
    assertEquals(Optional.empty(), bootstrap.controlPlane().orElseThrow().tls());
    assertEquals(CloudMap.DEFAULT, bootstrap.cloudMap());
    assertEquals(List.of(), bootstrap.allowedDirectories(), "no file at all");
    assertEquals(Duration.ofSeconds(5), bootstrap.readyTimeout());
    assertEquals(Duration.ofSeconds(10), bootstrap.closeTimeout());
    assertEquals(Duration.ofSeconds(5), bootstrap.cloudMap().refreshInterval());
    assertFalse(read(LEAST + "cloud_map: {enabled: false}").cloudMap().enabled());
  }

  @Test
  void aDirectoryOfDocumentsIsRelativeToTheFile() {
    assertEquals(
        Optional.of(DIRECTORY.resolve("apps")),
        read("node: {id: a}\napp_mesh: {directory: ./x/../apps}").appMeshDirectory());
  }

  @Test
  void aFileOfXdsResourcesIsRelativeToTheFile() {
    assertEquals(
        Optional.of(new XdsFileSource(DIRECTORY.resolve("envoy.yaml"), Optional.of("egress"))),
        read("node: {id: a}\nxds: {file: ./x/../envoy.yaml, listener: egress}").xdsFile());
    assertEquals(
        Optional.of(new XdsFileSource(DIRECTORY.resolve("envoy.yaml"), Optional.empty())),
        read("node: {id: a}\nxds: {file: envoy.yaml}").xdsFile());
  }

  @Test
  void aFileOfXdsResourcesIsTheOnlySource() {
    Bootstrap.Builder builder = read("node: {id: a}\nxds: {file: x.yaml}").newBuilder();
    builder.appMeshDirectory(DIRECTORY);
    IllegalArgumentException two = assertThrows(IllegalArgumentException.class, builder::build);
    assertTells(two, "both app_mesh.directory and xds.file are set");
    builder.controlPlane("cp", 1);
    IllegalArgumentException three = assertThrows(IllegalArgumentException.class, builder::build);
    assertTells(three, "all of control_plane.address, app_mesh.directory, xds.file are set");
    assertEquals(Optional.empty(), builder.noSource().controlPlane("cp", 1).build().xdsFile());
  }

  @ParameterizedTest
  @CsvSource({
    "APPMESH_RESOURCE_ARN, APPMESH_RESOURCE_NAME",
    "APPMESH_RESOURCE_ARN, APPMESH_VIRTUAL_NODE_NAME",
    "APPMESH_RESOURCE_NAME, APPMESH_VIRTUAL_NODE_NAME",
    "APPMESH_VIRTUAL_NODE_NAME, NONE"
  })
  void theFirstVariableOfTheNodesNameWins(String first, String second) {
    Bootstrap bootstrap =
        reader(Map.of(first, "one", second, "two", "APPMESH_XDS_ENDPOINT", "cp:1"))
            .read("mesh.yaml", "close_timeout: 1s", DIRECTORY)
            .build();
    assertEquals("one", bootstrap.nodeId());
    assertEquals("one", bootstrap.nodeCluster());
  }

  @ParameterizedTest
  @CsvSource({
    "APPMESH_RESOURCE_CLUSTER, APPMESH_VIRTUAL_NODE_CLUSTER",
    "APPMESH_VIRTUAL_NODE_CLUSTER, NONE"
  })
  void theFirstVariableOfTheClustersNameWins(String first, String second) {
    Bootstrap bootstrap =
        reader(Map.of(first, "one", second, "two")).read("mesh.yaml", LEAST, DIRECTORY).build();
    assertEquals("one", bootstrap.nodeCluster());
  }

  @Test
  void codeWinsOverTheFileAndTheFileOverTheEnvironment() {
    Map<String, String> environment =
        Map.of(
            "APPMESH_RESOURCE_ARN", "environment",
            "APPMESH_RESOURCE_CLUSTER", "environment",
            "APPMESH_XDS_ENDPOINT", "environment:1");

    Bootstrap.Builder builder =
        reader(environment)
            .read("mesh.yaml", "node: {id: file}\ncontrol_plane: {address: 'file:2'}", DIRECTORY);
    assertEquals("file", builder.build().nodeId());
    assertEquals("environment", builder.build().nodeCluster(), "of which the file says nothing");
    assertEquals("file", builder.build().controlPlane().orElseThrow().host());

    builder.nodeId("code").nodeCluster("code").controlPlane("code", 3);
    assertEquals("code", builder.build().nodeId());
    assertEquals("code", builder.build().nodeCluster());
    assertEquals("code:3", builder.build().controlPlane().orElseThrow().address());
  }

  @Test
  void aSourceThatCodeNamesTakesThePlaceOfTheFilesAndTheEnvironments() {
    Bootstrap.Builder file =
        reader(Map.of()).read("mesh.yaml", "node: {id: a}\napp_mesh: {directory: apps}", DIRECTORY);
    assertEquals(
        Optional.empty(), file.controlPlane("code", 3).build().appMeshDirectory(), "of the file");

    Bootstrap.Builder environment =
        reader(Map.of("APPMESH_XDS_ENDPOINT", "left:1"))
            .read("mesh.yaml", "node: {id: a}", DIRECTORY);
    assertEquals(
        Optional.empty(),
        environment.appMeshDirectory(DIRECTORY).build().controlPlane(),
        "of the environment");
  }

  @Test
  void twoSourcesThatCodeNamesAreRefused() {
    Bootstrap.Builder builder =
        Bootstrap.builder().nodeId("a").controlPlane("a", 1).appMeshDirectory(DIRECTORY);
    IllegalArgumentException refused = assertThrows(IllegalArgumentException.class, builder::build);
    assertTells(refused, "both control_plane.address and app_mesh.directory are set");
  }

  @Test
  void aBlankVariableIsNotSet() {
    Bootstrap bootstrap =
        reader(Map.of("APPMESH_RESOURCE_ARN", " ", "APPMESH_VIRTUAL_NODE_NAME", "n"))
            .read("mesh.yaml", "control_plane: {address: 'a:1'}", DIRECTORY)
            .build();
    assertEquals("n", bootstrap.nodeId());
  }

  @Test
  void theFileIsTheOneThatTheEnvironmentNames(@TempDir Path directory) throws IOException {
    Path file = directory.resolve("other.yaml");
    Files.writeString(file, "node: {id: a}\napp_mesh: {directory: apps}");

    Bootstrap bootstrap = reader(Map.of("MESH_CONFIG", file.toString())).read().build();

    assertEquals(Optional.of(directory.resolve("apps")), bootstrap.appMeshDirectory());
  }

  @Test
  void aFileThatIsNotThereIsNamed(@TempDir Path directory) {
    String missing = directory.resolve("none.yaml").toString();
    DocumentException refused =
        assertThrows(DocumentException.class, () -> reader(Map.of("MESH_CONFIG", missing)).read());
    assertTells(refused, missing);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "nodes: {id: a}                       | mesh.yaml:1: nodes: is no setting         | the nearest is \"node\"",
        "node: {ids: a}                       | mesh.yaml:1: node.ids: is no setting      | the nearest is \"id\"",
        "control_plane: {adress: 'a:1'}       | mesh.yaml:1: control_plane.adress: is no setting | the nearest is \"address\"",
        "control_plane: {}                    | mesh.yaml:1: control_plane.address        | is missing",
        "control_plane: {address: 'a'}        | mesh.yaml:1: control_plane.address: is \"a\" | host:port",
        "control_plane: {address: 'a:1', tls: {}} | mesh.yaml:1: control_plane.tls.trusted_ca | is missing",
        "control_plane: {address: 'a:1', tls: {trusted_ca: a, private_key: k}} | mesh.yaml:1: control_plane.tls | both, or neither",
        "control_plane: {address: 'a:1', tls: {trustedca: a}} | mesh.yaml:1: control_plane.tls.trustedca: is no setting | the nearest is \"trusted_ca\"",
        "app_mesh: {directory: ''}            | mesh.yaml:1: app_mesh.directory: is empty | a name",
        "app_mesh: {dir: x}                   | mesh.yaml:1: app_mesh.dir: is no setting  | directory",
        "cloud_map: {endpoint: 'ftp://x'}     | mesh.yaml:1: cloud_map.endpoint: is \"ftp://x\" | a URL such as http://127.0.0.1:5000",
        "cloud_map: {endpoint: 'a b'}         | mesh.yaml:1: cloud_map.endpoint: is \"a b\" | a URL such as",
        "cloud_map: {enabled: 'yes'}          | mesh.yaml:1: cloud_map.enabled: is \"yes\" | true or false",
        "cloud_map: {refresh_interval: 0s}    | mesh.yaml:1: cloud_map.refresh_interval: is \"0s\" | more than 0",
        "cloud_map: {refreshinterval: 5s}     | mesh.yaml:1: cloud_map.refreshinterval: is no setting | the nearest is \"refresh_interval\"",
        "tls: {allowed_directories: /etc}     | mesh.yaml:1: tls.allowed_directories: is \"/etc\" | a list",
        "calls: {ready_timeout: 5}            | mesh.yaml:1: calls.ready_timeout: is 5    | a duration such as 500ms, 5s or 2m",
        "calls: {ready_timeout: 5 s}          | mesh.yaml:1: calls.ready_timeout: is \"5 s\" | a duration such as 500ms, 5s or 2m",
        "calls: {ready_timeout: -5s}          | mesh.yaml:1: calls.ready_timeout: is \"-5s\" | a duration such as 500ms, 5s or 2m",
        "calls: {ready_timeout: 1h}           | mesh.yaml:1: calls.ready_timeout: is \"1h\" | a duration such as 500ms, 5s or 2m",
        "close_timeout: ''                    | mesh.yaml:1: close_timeout: is            | a duration such as 500ms, 5s or 2m",
        "close_timeout: 999999999999999999m   | mesh.yaml:1: close_timeout: is \"999999999999999999m\" | a duration such as 500ms, 5s or 2m",
        "close_timeout: 9999999999s           | mesh.yaml:1: close_timeout: is \"9999999999s\" | a duration such as 500ms, 5s or 2m",
        "node: a                              | mesh.yaml:1: node: is \"a\"               | a map",
        "[a]                                  | mesh.yaml:1: is a list                    | a map"
      })
  void whatCannotBeUsedIsToldByLineKeyAndValue(String yaml, String place, String right) {
    DocumentException refused = assertThrows(DocumentException.class, () -> read(yaml));
    assertTells(refused, place);
    assertTells(refused, right);
  }

  @Test
  void theLineIsTheKeysOwn() {
    DocumentException refused =
        assertThrows(DocumentException.class, () -> read(LEAST + "calls:\n  ready_timout: 5s\n"));
    assertTells(refused, "mesh.yaml:4: calls.ready_timout: is no setting");
    assertTells(refused, "right would be one of [backup_requests, ready_timeout, retry_throttle]");
  }

  @ParameterizedTest
  @ValueSource(strings = {"nowhere", "a:b", "it's:1x", ":18000"})
  void aVariableThatIsNoAddressIsNamed(String endpoint) {
    DocumentException refused =
        assertThrows(
            DocumentException.class,
            () ->
                reader(Map.of("APPMESH_XDS_ENDPOINT", endpoint))
                    .read("mesh.yaml", "node: {id: a}", DIRECTORY));
    assertTells(refused, "APPMESH_XDS_ENDPOINT");
    assertTells(refused, "\"" + endpoint + "\"");
    assertTells(refused, "host:port");
  }

  @Test
  void aMissingNodeOrSourceIsToldWithEveryWayToSetIt() {
    IllegalArgumentException noNode =
        assertThrows(IllegalArgumentException.class, () -> read("control_plane: {address: 'a:1'}"));
    assertTells(noNode, "node.id is not set");
    assertTells(noNode, "APPMESH_RESOURCE_ARN");

    IllegalArgumentException noSource =
        assertThrows(IllegalArgumentException.class, () -> read("node: {id: a}"));
    assertTells(noSource, "none of control_plane.address, app_mesh.directory and xds.file is set");
    assertTells(noSource, "APPMESH_XDS_ENDPOINT");
  }

  private static void assertTells(Exception refused, String part) {
    String message = String.valueOf(refused.getMessage());
    assertTrue(message.contains(part), message);
  }
}
