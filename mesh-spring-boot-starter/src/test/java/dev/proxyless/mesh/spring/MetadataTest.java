package dev.proxyless.mesh.spring;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.proxyless.mesh.Bootstrap;
import dev.proxyless.mesh.Bootstrap.CloudMap;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.springframework.boot.convert.DurationStyle;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** What editors are told of the properties. */
class MetadataTest {

  private final Map<String, JsonNode> properties = new TreeMap<>();

  @BeforeEach
  void read() throws IOException {
    JsonNode metadata;
    try (InputStream file =
        Files.newInputStream(
            Path.of("target/classes/META-INF/spring-configuration-metadata.json"))) {
      metadata = JsonMapper.shared().readTree(file);
    }
    metadata
        .get("properties")
        .forEach(each -> properties.put(each.get("name").stringValue(), each));
  }

  @Test
  void everyPropertyIsDescribedInBootsStyle() {
    assertTrue(properties.size() > 15, properties::toString);
    properties.forEach(
        (name, property) -> {
          JsonNode description = property.get("description");
          assertNotNull(description, name);
          String text = description.stringValue();
          assertTrue(text.endsWith("."), name);
          assertFalse(text.startsWith("The ") || text.startsWith("A "), name);
          if (property.get("type").stringValue().equals("java.lang.Boolean")) {
            assertTrue(text.startsWith("Whether "), name);
          }
        });
  }

  @Test
  void defaultsAreThoseOfTheMesh() {
    assertEquals(
        Bootstrap.DEFAULT_READY_TIMEOUT,
        DurationStyle.detectAndParse(defaultOf("mesh.ready-timeout")));
    assertEquals(
        Bootstrap.DEFAULT_CLOSE_TIMEOUT,
        DurationStyle.detectAndParse(defaultOf("mesh.close-timeout")));
    assertEquals(
        CloudMap.DEFAULT.refreshInterval(),
        DurationStyle.detectAndParse(defaultOf("mesh.cloud-map.refresh-interval")));
    assertEquals(String.valueOf(CloudMap.DEFAULT.enabled()), defaultOf("mesh.cloud-map.enabled"));
    assertEquals("all", defaultOf("mesh.client"));
    assertEquals("true", defaultOf("mesh.enabled"));
  }

  @Test
  void theDocumentationHasEveryProperty() throws IOException {
    Path page = Path.of(System.getProperty("project.root"), "docs", "spring-boot.md");
    List<String> rows =
        Files.readString(page)
            .lines()
            .filter(line -> line.matches("\\| `[a-z.-]+\\.[a-z.-]+` \\| .* \\| .* \\|"))
            .toList();

    assertEquals(
        properties.values().stream().map(MetadataTest::row).collect(Collectors.joining("\n")),
        String.join("\n", rows));
  }

  private static String row(JsonNode property) {
    JsonNode value = property.get("defaultValue");
    return "| `%s` | %s | %s |"
        .formatted(
            property.get("name").stringValue(),
            value == null ? "" : "`" + value.asString() + "`",
            property.get("description").stringValue());
  }

  private String defaultOf(String name) {
    JsonNode property = properties.get(name);
    assertNotNull(property, name);
    return property.get("defaultValue").asString();
  }
}
