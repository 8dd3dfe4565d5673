package dev.proxyless.mesh.proto;

import java.util.List;
import org.jspecify.annotations.Nullable;

/** Applies a field's state to a resource that sets it. */
final class FieldStates {

  private FieldStates() {}

  static void check(Field field, @Nullable Object value, String path, Findings findings) {
    if (field.state() != FieldState.ACTS && changesNothing(value)) {
      return;
    }
    switch (field.state()) {
      case ACTS -> known(field, value, path);
      case REPORTED ->
          findings.report(
              path,
              field.note().isEmpty()
                  ? "is not supported; it changes nothing"
                  : "is not supported; " + field.note());
      case INERT ->
          findings.add(
              path,
              FieldState.INERT,
              field.note().isEmpty() ? "has no meaning in a process" : field.note());
      case REJECTED ->
          throw new InvalidMessageException(
              path, "is not supported, and the resource would mean something else without it");
    }
  }

  /** An explicit "no" to something that is not done anyway, and a bound that bounds nothing. */
  private static boolean changesNothing(@Nullable Object value) {
    return Boolean.FALSE.equals(value)
        || (value instanceof Long number && number >= Integer.MAX_VALUE);
  }

  /** An enum is open on the wire; a value that nobody here knows cannot act. */
  private static void known(Field field, @Nullable Object value, String path) {
    if (field.kind() != Kind.ENUM) {
      return;
    }
    for (Object each : value instanceof List<?> list ? list : List.of(value == null ? 0L : value)) {
      if (each instanceof Long number
          && !field.enumNumbers().containsValue(Math.toIntExact(number))) {
        throw new InvalidMessageException(
            path,
            "is "
                + each
                + ", which is unknown; right would be one of "
                + String.join(", ", field.enumNumbers().keySet()));
      }
    }
  }
}
