package dev.proxyless.mesh.route;

import dev.proxyless.mesh.model.CidrRange;
import dev.proxyless.mesh.model.HttpConnectionManager.Trust;
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
  private final List<Cidr> ranges = new ArrayList<>();

  CallerTrust(Trust trust) {
    this.trust = trust;
    for (CidrRange range : trust.internalAddresses().orElse(List.of())) {
      ranges.add(Cidr.compile(range, "internal_address_config"));
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
    return Cidr.address(hop) == null ? HERE : hop;
  }

  private boolean contains(String text) {
    byte[] address = Cidr.address(text);
    for (int i = 0; address != null && i < ranges.size(); i++) {
      if (ranges.get(i).contains(address)) {
        return true;
      }
    }
    return false;
  }
}
