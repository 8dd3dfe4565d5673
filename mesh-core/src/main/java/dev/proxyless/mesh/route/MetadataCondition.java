package dev.proxyless.mesh.route;

import dev.proxyless.mesh.model.MetadataMatcher;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** A {@link MetadataMatcher}, compiled. Source: Envoy's {@code Config::Metadata::metadataValue}. */
final class MetadataCondition implements Condition {

  private final MetadataMatcher matcher;
  private final ValueCondition value;

  private MetadataCondition(MetadataMatcher matcher, ValueCondition value) {
    this.matcher = matcher;
    this.value = value;
  }

  static MetadataCondition compile(MetadataMatcher matcher, String path) {
    return new MetadataCondition(matcher, ValueCondition.compile(matcher.value(), path + ".value"));
  }

  @Override
  public boolean test(RequestView request) {
    return value.test(find(request.info.dynamicMetadata())) != matcher.invert();
  }

  private @Nullable Object find(Map<String, Map<String, Object>> metadata) {
    @Nullable Object found = metadata.get(matcher.filter());
    if (found == null) {
      return ValueCondition.MISSING;
    }
    for (String key : matcher.path()) {
      if (!(found instanceof Map<?, ?> fields) || !fields.containsKey(key)) {
        return ValueCondition.MISSING;
      }
      found = fields.get(key);
    }
    return found;
  }

  @Override
  public String describe() {
    return (matcher.invert() ? "not: " : "")
        + "metadata "
        + matcher.filter()
        + " "
        + String.join(".", matcher.path())
        + " "
        + value.describe();
  }
}
