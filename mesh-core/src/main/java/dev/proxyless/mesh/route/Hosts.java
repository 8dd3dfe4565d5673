package dev.proxyless.mesh.route;

/** Parts of an authority. */
final class Hosts {

  private Hosts() {}

  /** Where the port's colon stands, or -1: a colon within an IPv6 literal's brackets is none. */
  static int portStart(String authority) {
    int colon = authority.lastIndexOf(':');
    return colon < 0 || authority.indexOf(']', colon) >= 0 ? -1 : colon;
  }

  static String withoutPort(String authority) {
    int colon = portStart(authority);
    return colon < 0 ? authority : authority.substring(0, colon);
  }
}
