package dev.proxyless.mesh;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.proxyless.mesh.Bootstrap.ControlPlane;
import dev.proxyless.mesh.document.DocumentException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class BootstrapLayersTest {

  private static final Path DIRECTORY = Path.of("conf").toAbsolutePath();

  private static BootstrapReader reader(Map<String, String> environment) {
    return new BootstrapReader(environment::get);
  }

  private static void assertTells(Exception refused, String part) {
    String message = String.valueOf(refused.getMessage());
    assertTrue(message.contains(part), message);
  }

  @Test
  void aSourceInTheFileTakesThePlaceOfTheEnvironments() {
    Bootstrap bootstrap =
        reader(Map.of("APPMESH_XDS_ENDPOINT", "127.0.0.1:18000"))
            .read(
                "mesh.yaml",
                "node: {id: mesh/apps/virtualNode/serviceA}\napp_mesh: {directory: apps}",
                DIRECTORY)
            .build();

    assertEquals(Optional.empty(), bootstrap.controlPlane());
    assertEquals(Optional.of(DIRECTORY.resolve("apps")), bootstrap.appMeshDirectory());
  }

  @Test
  void aFileThatNamesNoSourceLeavesTheEnvironments() {
    Bootstrap bootstrap =
        reader(Map.of("APPMESH_XDS_ENDPOINT", "[::1]:18000"))
            .read("mesh.yaml", "node: {id: mesh/apps/virtualNode/serviceA}", DIRECTORY)
            .build();

    assertEquals(
        Optional.of(new ControlPlane("::1", 18000, Optional.empty())), bootstrap.controlPlane());
  }

  @Test
  void twoSourcesInOneFileAreRefused() {
    IllegalArgumentException refused =
        assertThrows(
            IllegalArgumentException.class,
            () ->
                reader(Map.of())
                    .read(
                        "mesh.yaml",
                        "node: {id: a}\ncontrol_plane: {address: 'a:1'}\napp_mesh: {directory: b}",
                        DIRECTORY)
                    .build());

    assertTells(refused, "both control_plane.address and app_mesh.directory");
  }

  @Test
  void aTextIsCalledByItsNameInMessages() {
    DocumentException refused =
        assertThrows(
            DocumentException.class,
            () ->
                reader(Map.of())
                    .read(
                        "class path resource [mesh.yaml]",
                        "node: {id: a}\ncontrol_plane: {address: nowhere}",
                        DIRECTORY));

    assertTells(refused, "class path resource [mesh.yaml]:2");
    assertTells(refused, "host:port");
  }

  @Test
  void anAddressThatIsNoneIsRefusedWithWhatWouldBeRight() {
    for (String wrong :
        new String[] {"", "host", ":1", "host:", "host:0", "host:65536", "host:x"}) {
      IllegalArgumentException refused =
          assertThrows(
              IllegalArgumentException.class,
              () -> ControlPlane.of(wrong, Optional.empty()),
              wrong);
      assertTells(refused, "\"" + wrong + "\"");
      assertTells(refused, "host:port");
    }
  }

  @Test
  void cloudMapIsNotAskedWithoutPause() {
    Bootstrap.Builder builder =
        Bootstrap.builder()
            .nodeId("a")
            .controlPlane("127.0.0.1", 18000)
            .cloudMap(
                new Bootstrap.CloudMap(true, Optional.empty(), Optional.empty(), Duration.ZERO));

    IllegalArgumentException refused = assertThrows(IllegalArgumentException.class, builder::build);

    assertTells(refused, "cloud_map.refresh_interval");
  }
}
