package dev.proxyless.mesh.proto;

import com.google.protobuf.Descriptors.Descriptor;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.Message;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Stream;

/** The generated classes of the xDS API, found by the names of their messages. */
final class OfficialApi {

  private static final Map<String, String> JAVA_PACKAGES =
      Map.of("envoy.", "io.envoyproxy.", "google.rpc.", "com.", "xds.", "com.github.");

  /** Messages that Envoy 1.40 has and the API's classes do not have yet. */
  private static final Set<String> NEWER =
      Set.of(
          "envoy.config.route.v3.CookieMatcher",
          "envoy.config.common.mutation_rules.v3.HeaderMutation.RemoveOnMatch");

  private static final Map<String, Message> DEFAULTS = new ConcurrentHashMap<>();

  private OfficialApi() {}

  /** The names of the table's messages that the API's classes have. */
  static Stream<String> types() {
    return FieldTable.xds().types().stream()
        .map(MessageType::name)
        .filter(name -> !NEWER.contains(name));
  }

  /** Whether the API's classes do not have a field yet. */
  static boolean isNewer(MessageType type, Field field) {
    return NEWER.contains(type.name())
        || descriptor(type.name()).findFieldByNumber(field.number()) == null;
  }

  /** {@code envoy.config.route.v3.Route} is {@code io.envoyproxy.envoy.config.route.v3.Route}. */
  static Message defaultInstance(String name) {
    return DEFAULTS.computeIfAbsent(name, OfficialApi::load);
  }

  static Descriptor descriptor(String name) {
    return defaultInstance(name).getDescriptorForType();
  }

  static Message parse(String name, byte[] bytes) {
    try {
      return defaultInstance(name).getParserForType().parseFrom(bytes);
    } catch (InvalidProtocolBufferException broken) {
      throw new AssertionError("not a " + name, broken);
    }
  }

  private static Message load(String name) {
    String javaPackage =
        JAVA_PACKAGES.entrySet().stream()
            .filter(each -> name.startsWith(each.getKey()))
            .map(Map.Entry::getValue)
            .findFirst()
            .orElseThrow(() -> new AssertionError("no Java package is known for " + name));
    try {
      return (Message)
          Class.forName(javaPackage + className(name)).getMethod("getDefaultInstance").invoke(null);
    } catch (ReflectiveOperationException missing) {
      throw new LinkageError(name + " is no message of the xDS API", missing);
    }
  }

  /** Names in upper case nest. */
  private static String className(String name) {
    StringBuilder className = new StringBuilder();
    boolean nested = false;
    for (String part : name.split("\\.")) {
      if (className.length() > 0) {
        className.append(nested ? '$' : '.');
      }
      className.append(part);
      nested = Character.isUpperCase(part.charAt(0));
    }
    return className.toString();
  }
}
