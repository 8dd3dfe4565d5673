package dev.proxyless.mesh.xds;

import dev.proxyless.mesh.model.FilterConfig;
import dev.proxyless.mesh.model.HttpFault;
import dev.proxyless.mesh.model.Metadata;
import dev.proxyless.mesh.proto.AnyMessage;
import dev.proxyless.mesh.proto.Findings;
import dev.proxyless.mesh.proto.InvalidMessageException;
import dev.proxyless.mesh.proto.Message;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/**
 * Opens what travels in an Any, by the type of the message that it holds: {@code
 * TypedExtensionConfig} and the settings of filters; and metadata, which is as open.
 */
final class Extensions {

  private static final String FILTER_CONFIG = "envoy.config.route.v3.FilterConfig";

  private Extensions() {}

  /** The message of a {@code TypedExtensionConfig}. Its name is a label, but must be there. */
  static AnyMessage config(Message extension) {
    extension.requiredString("name");
    return extension
        .any("typed_config")
        .orElseThrow(() -> extension.invalid("typed_config", "is required"));
  }

  /** A complaint about an extension that is not known, with what would be. */
  static InvalidMessageException unknown(AnyMessage config, String right) {
    return new InvalidMessageException(
        config.path(), "is a " + config.typeName() + "; right would be a " + right);
  }

  /** {@code typed_per_filter_config}, handed over as it came. */
  static Map<String, FilterConfig> filterConfigs(Message level, Findings findings) {
    Map<String, FilterConfig> configs = new LinkedHashMap<>();
    level
        .anyMap("typed_per_filter_config")
        .forEach((filter, config) -> configs.put(filter, filterConfig(config, findings)));
    return Collections.unmodifiableMap(configs);
  }

  private static FilterConfig filterConfig(AnyMessage config, Findings findings) {
    if (!config.is(FILTER_CONFIG)) {
      return handedOver(config, false, findings);
    }
    Message wrapper = config.unpack(findings);
    boolean disabled = wrapper.bool("disabled", false);
    return wrapper
        .any("config")
        .map(inner -> handedOver(inner, disabled, findings))
        .orElseGet(
            () -> {
              if (!disabled) {
                throw wrapper.invalid("config", "is required where disabled is not true");
              }
              return new FilterConfig("", "", true, Optional.empty());
            });
  }

  private static FilterConfig handedOver(AnyMessage config, boolean disabled, Findings findings) {
    if (config.typeName().isEmpty()) {
      throw new InvalidMessageException(
          config.path(), "has no @type; right would be the settings of the filter");
    }
    Optional<HttpFault> fault =
        config.is(FaultDecoder.FAULT)
            ? Optional.of(FaultDecoder.decode(config.unpack(findings)))
            : Optional.empty();
    return new FilterConfig(config.typeName(), config.content(), disabled, fault);
  }

  /** {@code filter_metadata} of a field that holds metadata. */
  static Metadata metadata(Message message, String field) {
    return message.message(field).map(Extensions::metadata).orElse(Metadata.EMPTY);
  }

  /** {@code filter_metadata} of a {@code Metadata}. */
  static Metadata metadata(Message metadata) {
    Map<String, Map<String, Object>> byNamespace = new LinkedHashMap<>();
    metadata
        .structs("filter_metadata")
        .forEach(
            (namespace, values) -> byNamespace.put(namespace, Collections.unmodifiableMap(values)));
    return byNamespace.isEmpty()
        ? Metadata.EMPTY
        : new Metadata(Collections.unmodifiableMap(byNamespace));
  }
}
