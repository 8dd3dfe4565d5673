package dev.proxyless.mesh.route;

import dev.proxyless.mesh.model.CidrRange;
import dev.proxyless.mesh.model.HttpConnectionManager.Trust;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Whether a caller counts as internal. The caller is this process, whose address is taken to be
 * 127.0.0.1. Source: Envoy's {@code ConnectionManagerUtility::mutateRequestHeaders}. Immutable.
 */
final class CallerTrust {

  private static final String HERE = "127.0.0.1";

  private final Trust trust;
  private final List<Range> ranges = new ArrayList<>();

  private record Range(InetAddress prefix, int length) {}

  CallerTrust(Trust trust) {
    this.trust = trust;
    for (CidrRange range : trust.internalAddresses().orElse(List.of())) {
      InetAddress prefix = address(range.addressPrefix());
      if (prefix != null) {
        ranges.add(new Range(prefix, range.prefixLength()));
      }
    }
  }

  /**
   * Whether a caller of whom nobody says so is trusted. With {@code use_remote_address} it is by
   * its own address, unless it speaks for another one; else by the only address in {@code
   * x-forwarded-for}.
   *
   * @param forwardedFor all of {@code x-forwarded-for}, or null
   */
  boolean isInternal(@Nullable String forwardedFor) {
    if (trust.internalAddresses().isEmpty()) {
      return true;
    }
    if (trust.useRemoteAddress()) {
      return forwardedFor == null && contains(HERE);
    }
    return forwardedFor != null
        && trust.xffTrustedHops() == 0
        && forwardedFor.indexOf(',') < 0
        && contains(forwardedFor.strip());
  }

  /** Whether a caller that is not trusted came in from outside, which costs it more headers. */
  boolean isEdge() {
    return trust.useRemoteAddress();
  }

  /** The address that {@code x-envoy-external-address} names for a caller from outside. */
  String externalAddress(@Nullable String forwardedFor) {
    if (forwardedFor == null || trust.xffTrustedHops() == 0) {
      return HERE;
    }
    String[] hops = forwardedFor.split(",", -1);
    int index = hops.length - trust.xffTrustedHops();
    String hop = index < 0 ? "" : hops[index].strip();
    return address(hop) == null ? HERE : hop;
  }

  private boolean contains(String text) {
    InetAddress address = address(text);
    for (int i = 0; address != null && i < ranges.size(); i++) {
      if (matches(address, ranges.get(i))) {
        return true;
      }
    }
    return false;
  }

  private static boolean matches(InetAddress address, Range range) {
    byte[] bytes = address.getAddress();
    byte[] prefix = range.prefix.getAddress();
    boolean same = bytes.length == prefix.length;
    for (int bit = 0; same && bit < Math.min(range.length, bytes.length * 8); bit++) {
      int mask = 0x80 >> (bit % 8);
      same = (bytes[bit / 8] & mask) == (prefix[bit / 8] & mask);
    }
    return same;
  }

  /** The address that a literal is, or null; a name is never looked up. */
  private static @Nullable InetAddress address(String text) {
    boolean six = text.indexOf(':') >= 0;
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      boolean digit =
          c == '.' || (six ? c == ':' || Character.digit(c, 16) >= 0 : c >= '0' && c <= '9');
      if (!digit) {
        return null;
      }
    }
    if (!six && text.split("\\.", -1).length != 4) {
      return null;
    }
    try {
      return InetAddress.getByName(text);
    } catch (UnknownHostException noAddress) {
      return null;
    }
  }
}
