package dev.proxyless.mesh.model;

/**
 * {@code envoy.config.core.v3.HeaderValueOption}.
 *
 * @param name the header's name in lower case
 * @param value a text with command operators such as {@code %REQ(:path)%}
 * @param action what becomes of lines that are there already
 * @param keepEmptyValue whether the header is written even where its value comes out empty
 */
public record HeaderValueOption(
    String name, String value, AppendAction action, boolean keepEmptyValue) {

  /** {@code HeaderAppendAction}. */
  public enum AppendAction {
    /** One more line. */
    APPEND_IF_EXISTS_OR_ADD,
    /** Only where there is none. */
    ADD_IF_ABSENT,
    /** In place of all that are there. */
    OVERWRITE_IF_EXISTS_OR_ADD,
    /** In place of all that are there; nothing where there is none. */
    OVERWRITE_IF_EXISTS
  }
}
