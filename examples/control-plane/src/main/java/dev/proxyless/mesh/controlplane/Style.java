package dev.proxyless.mesh.controlplane;

/**
 * The few colours of the output.
 *
 * @param on whether there are any
 */
record Style(boolean on) {

  String strong(String text) {
    return code("1", text);
  }

  String faint(String text) {
    return code("2", text);
  }

  String bad(String text) {
    return code("31", text);
  }

  String good(String text) {
    return code("32", text);
  }

  String note(String text) {
    return code("33", text);
  }

  private String code(String code, String text) {
    return on ? "\u001b[" + code + "m" + text + "\u001b[0m" : text;
  }
}
