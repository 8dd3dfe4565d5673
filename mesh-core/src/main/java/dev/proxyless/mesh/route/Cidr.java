package dev.proxyless.mesh.route;

import dev.proxyless.mesh.model.CidrRange;
import java.net.InetAddress;
import java.net.UnknownHostException;
import org.jspecify.annotations.Nullable;

/** A {@link CidrRange}, compiled. Immutable. */
final class Cidr {

  private static final int IPV4_BYTES = 4;

  private final byte[] prefix;
  private final int bits;
  private final CidrRange range;

  private Cidr(CidrRange range, byte[] prefix, int bits) {
    this.range = range;
    this.prefix = prefix;
    this.bits = bits;
  }

  static Cidr compile(CidrRange range, String path) {
    byte[] prefix = address(range.addressPrefix());
    if (prefix == null) {
      throw new InvalidRouteException(
          path + ".address_prefix",
          "is \"" + range.addressPrefix() + "\", which is no IPv4 or IPv6 address");
    }
    int bits = Math.max(0, Math.min(range.prefixLength(), prefix.length * 8));
    return new Cidr(range, prefix, bits);
  }

  /** The bytes of an IPv4 or IPv6 address, or null for other text; no name is looked up. */
  static byte @Nullable [] address(String text) {
    boolean literal = text.indexOf(':') >= 0 ? isIpv6(text) : isIpv4(text);
    if (!literal) {
      return null;
    }
    try {
      byte[] address = InetAddress.getByName(text).getAddress();
      return text.indexOf(':') >= 0 && address.length == IPV4_BYTES ? mapped(address) : address;
    } catch (UnknownHostException malformed) {
      return null;
    }
  }

  /** An IPv4 address that was written as IPv6 stays one, as in Envoy. */
  private static byte[] mapped(byte[] ipv4) {
    byte[] ipv6 = new byte[16];
    ipv6[10] = (byte) 0xff;
    ipv6[11] = (byte) 0xff;
    System.arraycopy(ipv4, 0, ipv6, 12, IPV4_BYTES);
    return ipv6;
  }

  private static boolean isIpv6(String text) {
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      boolean hex = c < 128 && Character.digit(c, 16) >= 0;
      if (!hex && c != ':' && c != '.') {
        return false;
      }
    }
    return true;
  }

  private static boolean isIpv4(String text) {
    String[] parts = text.split("\\.", -1);
    for (String part : parts) {
      boolean digits = !part.isEmpty() && part.chars().allMatch(c -> c >= '0' && c <= '9');
      if (!digits || part.length() > 3 || Integer.parseInt(part) > 255) {
        return false;
      }
    }
    return parts.length == 4;
  }

  boolean contains(byte[] address) {
    if (address.length != prefix.length) {
      return false;
    }
    int whole = bits / 8;
    for (int i = 0; i < whole; i++) {
      if (address[i] != prefix[i]) {
        return false;
      }
    }
    int rest = bits % 8;
    return rest == 0 || ((address[whole] ^ prefix[whole]) & 0xff) >>> (8 - rest) == 0;
  }

  @Override
  public String toString() {
    return range.addressPrefix() + "/" + bits;
  }
}
