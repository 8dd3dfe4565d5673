package dev.proxyless.mesh.proto;

import org.jspecify.annotations.Nullable;

/** Applies a field's state to a resource that sets it. */
final class FieldStates {

  private FieldStates() {}

  static void check(Field field, @Nullable Object value, String path, Findings findings) {
    if (Boolean.FALSE.equals(value)) {
      return; // an explicit "no" to something that is not done anyway
    }
    switch (field.state()) {
      case ACTS -> {}
      case REPORTED -> findings.report(path, "is not supported; it changes nothing");
      case INERT -> findings.add(path, FieldState.INERT, "has no meaning in a process");
      case REJECTED ->
          throw new InvalidMessageException(
              path, "is not supported, and the resource would mean something else without it");
    }
  }
}
