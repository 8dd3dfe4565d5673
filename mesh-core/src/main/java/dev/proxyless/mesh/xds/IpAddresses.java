package dev.proxyless.mesh.xds;

import java.net.InetAddress;
import java.net.UnknownHostException;

/** Tells addresses from names, without asking anybody. */
final class IpAddresses {

  private IpAddresses() {}

  static boolean isAddress(String text) {
    return text.indexOf(':') >= 0 ? isIpv6(text) : isIpv4(text);
  }

  /** Four decimal numbers; nothing shorter, which some systems read as something else. */
  private static boolean isIpv4(String text) {
    int parts = 0;
    int value = -1;
    for (int i = 0; i <= text.length(); i++) {
      char c = i < text.length() ? text.charAt(i) : '.';
      if (c == '.') {
        if (value < 0) {
          return false;
        }
        parts++;
        value = -1;
      } else if (c >= '0' && c <= '9' && value != 0) {
        value = Math.max(value, 0) * 10 + (c - '0');
        if (value > 255) {
          return false;
        }
      } else {
        return false;
      }
    }
    return parts == 4;
  }

  /** The JDK parses what begins like an address and has a colon, and never looks it up. */
  private static boolean isIpv6(String text) {
    char first = text.charAt(0);
    if (first != ':' && Character.digit(first, 16) < 0) {
      return false;
    }
    try {
      return InetAddress.getByName(text) != null;
    } catch (UnknownHostException noAddress) {
      return false;
    }
  }
}
