package dev.proxyless.mesh.proto;

import dev.proxyless.mesh.document.DocumentException;

/** A resource that cannot be used. The message begins with the path of the field at fault. */
public final class InvalidMessageException extends RuntimeException {

  private static final long serialVersionUID = 1L;

  private final String path;

  public InvalidMessageException(String path, String reason) {
    super(path.isEmpty() ? reason : path + ": " + reason);
    this.path = path;
  }

  /** A value of a document that cannot be used; the message names its place there. */
  InvalidMessageException(String path, DocumentException wrong) {
    super(wrong.getMessage(), wrong);
    this.path = path;
  }

  /** The same complaint about a message that is a field of another. */
  public InvalidMessageException in(String parent) {
    return parent.isEmpty() ? this : new InvalidMessageException(this, parent);
  }

  private InvalidMessageException(InvalidMessageException inner, String parent) {
    super(parent + (inner.path.isEmpty() ? ": " : ".") + inner.getMessage(), inner);
    path = inner.path.isEmpty() ? parent : parent + "." + inner.path;
  }

  /** The path of the field, such as {@code virtual_hosts[0].routes[2].match.safe_regex}. */
  public String path() {
    return path;
  }
}
