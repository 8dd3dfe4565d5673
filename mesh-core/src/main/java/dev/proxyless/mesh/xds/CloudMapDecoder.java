package dev.proxyless.mesh.xds;

import dev.proxyless.mesh.document.Json;
import dev.proxyless.mesh.model.Cluster.Discovery;
import dev.proxyless.mesh.model.Cluster.IpPreference;
import dev.proxyless.mesh.proto.CloudMapMetadata;
import dev.proxyless.mesh.proto.InvalidMessageException;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Decodes {@link CloudMapMetadata}. */
final class CloudMapDecoder {

  private static final String PATH =
      "metadata.filter_metadata[\"" + CloudMapMetadata.NAMESPACE + "\"].";

  private final Map<?, ?> fields;

  CloudMapDecoder(Map<?, ?> fields) {
    this.fields = fields;
  }

  Discovery.CloudMap discovery(String serviceName) {
    return new Discovery.CloudMap(
        serviceName,
        name(CloudMapMetadata.NAMESPACE_NAME),
        name(CloudMapMetadata.SERVICE_NAME),
        attributes(),
        port(),
        ipPreference());
  }

  private String name(String key) {
    if (fields.get(key) instanceof String text && !text.isEmpty()) {
      return text;
    }
    throw wrong(key, "a name");
  }

  private Map<String, String> attributes() {
    Object value = fields.get(CloudMapMetadata.ATTRIBUTES);
    if (value == null) {
      return Map.of();
    }
    if (!(value instanceof Map<?, ?> map)) {
      throw wrong(CloudMapMetadata.ATTRIBUTES, "a map of texts");
    }
    Map<String, String> attributes = new LinkedHashMap<>();
    map.forEach(
        (key, item) -> {
          if (!(item instanceof String text)) {
            throw wrong(CloudMapMetadata.ATTRIBUTES, "a map of texts");
          }
          attributes.put((String) key, text);
        });
    return Map.copyOf(attributes);
  }

  private int port() {
    Object value = fields.get(CloudMapMetadata.PORT);
    if (value == null) {
      return 0;
    }
    if (value instanceof Number number) {
      int port = number.intValue();
      if (port == number.doubleValue() && port >= 0 && port <= 65_535) {
        return port;
      }
    }
    throw wrong(CloudMapMetadata.PORT, "a port from 1 to 65535");
  }

  private IpPreference ipPreference() {
    Object value = fields.get(CloudMapMetadata.IP_PREFERENCE);
    if (value == null) {
      return IpPreference.IPV4_PREFERRED;
    }
    List<IpPreference> all = Arrays.asList(IpPreference.values());
    return all.stream()
        .filter(each -> each.name().equals(value))
        .findFirst()
        .orElseThrow(() -> wrong(CloudMapMetadata.IP_PREFERENCE, "one of " + all));
  }

  private InvalidMessageException wrong(String key, String right) {
    Object value = fields.get(key);
    return new InvalidMessageException(
        PATH + key,
        (value == null ? "is missing" : "is " + Json.line(value)) + "; right would be " + right);
  }
}
