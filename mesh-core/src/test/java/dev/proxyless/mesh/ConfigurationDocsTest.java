package dev.proxyless.mesh;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.proxyless.mesh.document.Documents;
import dev.proxyless.mesh.document.Node;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** Holds {@code docs/configuration.md} to what the reader of mesh.yaml takes. */
final class ConfigurationDocsTest {

  private static final Pattern YAML = Pattern.compile("```yaml\\n(.*?)```", Pattern.DOTALL);
  private static final Path DIRECTORY = Path.of("/etc/mesh");

  private final BootstrapReader reader = new BootstrapReader(name -> null);

  @Test
  void everyKeyStandsInTheExamplesAndNoOther() throws IOException {
    Map<String, Set<String>> shown = new TreeMap<>();
    for (String example : examples()) {
      collect("", Documents.parse("example", example), shown);
    }
    assertEquals(new TreeMap<>(BootstrapReader.FIELDS), shown);
  }

  private static void collect(String path, Node node, Map<String, Set<String>> shown) {
    if (!BootstrapReader.FIELDS.containsKey(path)) {
      return;
    }
    node.fields()
        .forEach(
            (name, value) -> {
              shown.computeIfAbsent(path, any -> new TreeSet<>()).add(name);
              collect(path.isEmpty() ? name : path + "." + name, value, shown);
            });
  }

  @Test
  void theExamplesCanBeUsedAndShowTheDefaults() throws IOException {
    Bootstrap served = reader.read("served", examples().get(0), DIRECTORY).build();
    Bootstrap documents = reader.read("documents", examples().get(1), DIRECTORY).build();
    Bootstrap xds = reader.read("xds", examples().get(2), DIRECTORY).build();

    assertEquals(Bootstrap.DEFAULT_READY_TIMEOUT, served.readyTimeout());
    assertEquals(Bootstrap.DEFAULT_CLOSE_TIMEOUT, served.closeTimeout());
    assertEquals(Bootstrap.DEFAULT_REFRESH_INTERVAL, served.cloudMap().refreshInterval());
    assertEquals(Bootstrap.CloudMap.DEFAULT.enabled(), served.cloudMap().enabled());
    assertEquals(
        Optional.of(DIRECTORY.resolve("ca.pem")),
        served.controlPlane().orElseThrow().tls().map(Bootstrap.ControlPlaneTls::trustedCa));
    assertEquals(
        Optional.of(DIRECTORY.resolve("documents")), documents.appMeshDirectory(), "relative");
    assertEquals(
        Optional.of(
            new Bootstrap.XdsFileSource(DIRECTORY.resolve("envoy.yaml"), Optional.of("egress"))),
        xds.xdsFile());
  }

  private static List<String> examples() throws IOException {
    Path page = Path.of(System.getProperty("project.root"), "docs", "configuration.md");
    List<String> examples =
        YAML.matcher(Files.readString(page)).results().map(found -> found.group(1)).toList();
    assertTrue(examples.size() == 3, examples::toString);
    return examples;
  }
}
