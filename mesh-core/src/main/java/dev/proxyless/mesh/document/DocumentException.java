package dev.proxyless.mesh.document;

/** A document that cannot be used, with the place and what would be right. */
public final class DocumentException extends RuntimeException {

  private static final long serialVersionUID = 1L;

  public DocumentException(String message) {
    super(message);
  }

  public DocumentException(String message, Throwable cause) {
    super(message, cause);
  }
}
