package dev.proxyless.mesh.appmesh;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LoopbackPortTest {

  @TempDir Path directory;

  @Test
  void aLoopbackPortThatDoesNotExistIsLeftOutAndNamed() throws IOException {
    documents(50_000);

    Translation translation = envoy(20_000);

    assertEquals(List.of(), listeners(translation));
    assertEquals(
        List.of(
            "mesh/m/virtualNode/self: note: service port 50000 plus the offset 20000 is beyond"
                + " 65535, so a plain Envoy has no listener for it; right would be an offset of at"
                + " most 15535"),
        translation.problems().stream().map(Problem::toString).toList());
  }

  @Test
  void theLastPortIsUsed() throws IOException {
    documents(45_535);

    Translation translation = envoy(20_000);

    assertEquals(List.of("lds_egress_127.0.0.1_65535"), listeners(translation));
    assertEquals(List.of(), translation.problems());
  }

  private Translation envoy(int offset) {
    AppMeshDocuments documents =
        AppMeshDocuments.read(directory, AppMeshDocuments.NONE, AppMeshDocuments.Checks.NONE);
    assertEquals(List.of(), documents.problems());
    return Translator.translate(documents, new NodeName("m", "self"), View.envoy(offset))
        .orElseThrow();
  }

  private static List<String> listeners(Translation translation) {
    return translation.resources().stream()
        .filter(resource -> resource.typeUrl().endsWith(".Listener"))
        .map(Translation.Resource::name)
        .toList();
  }

  private void documents(int port) throws IOException {
    write("create-mesh.json", "{\"meshName\": \"m\"}");
    write(
        "create-node-self.json",
        """
        {"meshName": "m", "virtualNodeName": "self", "spec": {
          "backends": [{"virtualService": {"virtualServiceName": "target.local"}}]}}
        """);
    write(
        "create-node-target.json",
        """
        {"meshName": "m", "virtualNodeName": "target", "spec": {
          "listeners": [{"portMapping": {"port": %d, "protocol": "http"}}],
          "serviceDiscovery": {"dns": {"hostname": "target.local"}}}}
        """
            .formatted(port));
    write(
        "create-service.json",
        """
        {"meshName": "m", "virtualServiceName": "target.local",
         "spec": {"provider": {"virtualNode": {"virtualNodeName": "target"}}}}
        """);
  }

  private void write(String name, String text) throws IOException {
    Files.writeString(directory.resolve(name), text);
  }
}
