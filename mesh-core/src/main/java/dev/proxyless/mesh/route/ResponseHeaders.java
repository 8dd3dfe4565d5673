package dev.proxyless.mesh.route;

import java.util.List;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/** The headers of a response: the first value of each by its name, in any case, or null. */
@FunctionalInterface
public interface ResponseHeaders extends UnaryOperator<@Nullable String> {

  /** All values of a header, in order. Without another word there is one at most. */
  default List<String> all(String name) {
    String first = apply(name);
    return first == null ? List.of() : List.of(first);
  }
}
