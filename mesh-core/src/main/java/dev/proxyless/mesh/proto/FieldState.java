package dev.proxyless.mesh.proto;

import java.util.Locale;

/** What this library does when a resource sets a field. */
public enum FieldState {
  /** The field does what its documentation says. */
  ACTS("acts"),
  /** The field is read and named in the report of the resource; it changes nothing. */
  REPORTED("reported"),
  /**
   * The resource is refused: without this field it would mean something else, or something less
   * safe.
   */
  REJECTED("rejected"),
  /**
   * The field changes nothing, and nothing is missed: it tunes or describes a proxy's own sockets,
   * or it counts only together with a field that is reported itself.
   */
  INERT("inert");

  private final String word;

  FieldState(String word) {
    this.word = word;
  }

  /** The word in the table of fields and in {@code docs/supported.md}. */
  public String word() {
    return word;
  }

  static FieldState of(String word) {
    return valueOf(word.toUpperCase(Locale.ROOT));
  }
}
