package dev.proxyless.mesh.controlplane;

import dev.proxyless.mesh.admin.ExplainedRequest;
import dev.proxyless.mesh.admin.Explanation;
import java.util.List;
import java.util.Map;

/** What {@code mesh explain} asks: configuration that was read, or a mesh that follows it. */
interface ExplainSource extends AutoCloseable {

  /** Explains one request; {@code random} picks among weighted clusters. */
  Explanation explain(ExplainedRequest request, long random);

  /** Whom the answer is true of, in words that follow the request. */
  String words();

  /** The same, as fields of the answer. */
  Map<String, Object> fields();

  /** What of the configuration cannot be used. */
  default List<String> errors() {
    return List.of();
  }

  @Override
  default void close() {}
}
