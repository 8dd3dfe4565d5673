package dev.proxyless.mesh.route;

/**
 * A change to the headers of a request or response. A transport applies edits in their order.
 *
 * @param kind what to do
 * @param name the header's name
 * @param value the new value; empty for {@link Kind#REMOVE}
 */
public record HeaderEdit(Kind kind, String name, String value) {

  /** What an edit does. */
  public enum Kind {
    /** Replace all lines of the name by one. */
    SET,
    /** Add one more line. */
    ADD,
    /** Remove all lines of the name. */
    REMOVE
  }

  /** One line in place of all. */
  public static HeaderEdit set(String name, String value) {
    return new HeaderEdit(Kind.SET, name, value);
  }

  /** One more line. */
  public static HeaderEdit add(String name, String value) {
    return new HeaderEdit(Kind.ADD, name, value);
  }

  /** No line. */
  public static HeaderEdit remove(String name) {
    return new HeaderEdit(Kind.REMOVE, name, "");
  }
}
