package dev.proxyless.mesh.route;

import dev.proxyless.mesh.model.HttpConnectionManager;
import dev.proxyless.mesh.model.HttpConnectionManager.EscapedSlashes;
import dev.proxyless.mesh.model.HttpConnectionManager.StripPort;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import org.jspecify.annotations.Nullable;

/**
 * What a connection manager makes of a request's head before its route is looked up: normalised
 * paths, authorities without ports, headers that only trusted callers may send. Source: Envoy's
 * {@code ConnectionManagerUtility}. Immutable.
 */
public final class ConnectionManager {

  private static final Arrival REFUSED =
      new Arrival.Answered(400, Optional.empty(), "path_normalization_failed");

  private final HttpConnectionManager config;
  private final OptionalInt listenerPort;
  private final CallerTrust trust;
  private final ArrivalHeaders names;
  private final Map<String, FaultFilter> faults;

  private ConnectionManager(
      HttpConnectionManager config, OptionalInt listenerPort, List<String> internalOnlyHeaders) {
    this.config = config;
    this.listenerPort = listenerPort;
    trust = new CallerTrust(config.trust());
    names = new ArrivalHeaders(internalOnlyHeaders);
    Map<String, FaultFilter> filters = new LinkedHashMap<>();
    config.faults().forEach((name, fault) -> filters.put(name, FaultFilter.compile(fault, "")));
    faults = Collections.unmodifiableMap(filters);
  }

  /**
   * Compiles a connection manager.
   *
   * @param listenerPort the port that {@code strip_matching_host_port} takes off
   * @param internalOnlyHeaders {@code internal_only_headers} of its route configuration
   */
  public static ConnectionManager compile(
      HttpConnectionManager config, OptionalInt listenerPort, List<String> internalOnlyHeaders) {
    return new ConnectionManager(config, listenerPort, internalOnlyHeaders);
  }

  /** Its configuration. */
  public HttpConnectionManager config() {
    return config;
  }

  /** Fault filters by their names, in order. */
  public Map<String, FaultFilter> faults() {
    return faults;
  }

  /**
   * Takes a request in.
   *
   * @param trusted whether the caller is trusted, where somebody says so; else its addresses tell
   */
  public Arrival accept(RequestHead head, Optional<Boolean> trusted) {
    String path = head.path();
    if (path.indexOf('#') >= 0) {
      return REFUSED;
    }
    EscapedSlashes action = config.paths().escapedSlashes();
    boolean redirect = false;
    if (action != EscapedSlashes.KEEP_UNCHANGED) {
      String unescaped = PathNormalizer.unescapeSlashes(path);
      boolean found = !unescaped.equals(path);
      if (found && action == EscapedSlashes.REJECT_REQUEST) {
        return REFUSED;
      }
      redirect = found && action == EscapedSlashes.UNESCAPE_AND_REDIRECT;
      path = unescaped;
    }
    if (config.paths().normalize()) {
      path = PathNormalizer.normalize(path);
      if (path == null) {
        return REFUSED;
      }
    }
    if (config.paths().mergeSlashes()) {
      path = PathNormalizer.mergeSlashes(path);
    }
    if (redirect) {
      return OtherConditions.isGrpc(head.header("content-type"))
          ? REFUSED
          : new Arrival.Answered(307, Optional.of(path), "path_normalization_failed");
    }
    return accept(head, path, authority(head.authority()), trusted);
  }

  private Arrival accept(
      RequestHead head, String path, String authority, Optional<Boolean> trusted) {
    String forwardedFor =
        config.trust().internalAddresses().isPresent() || trust.isEdge()
            ? HeaderEdits.joined(head, "x-forwarded-for")
            : null;
    boolean internal = trusted.isPresent() ? trusted.get() : trust.isInternal(forwardedFor);
    List<HeaderEdit> edits = edits(head, internal, forwardedFor);
    boolean same =
        edits.isEmpty() && path.equals(head.path()) && authority.equals(head.authority());
    return same
        ? Arrival.Accepted.asItCame(internal)
        : new Arrival.Accepted(EditedHead.of(head, authority, path, edits), edits, internal);
  }

  private String authority(String authority) {
    String host = authority;
    int colon = Hosts.portStart(host);
    if (config.stripTrailingHostDot()) {
      int end = colon < 0 ? host.length() : colon;
      if (end > 0 && host.charAt(end - 1) == '.') {
        host = host.substring(0, end - 1) + host.substring(end);
        colon = colon < 0 ? colon : colon - 1;
      }
    }
    if (config.stripPort() == StripPort.NONE || colon < 0) {
      return host;
    }
    long port = port(host, colon + 1);
    boolean strip =
        config.stripPort() == StripPort.ANY
            || (listenerPort.isPresent() && port == listenerPort.getAsInt());
    return port >= 0 && strip ? host.substring(0, colon) : host;
  }

  /** The number that stands there, at most of 32 bits, or -1. */
  private static long port(String host, int start) {
    long port = start == host.length() ? -1 : 0;
    for (int i = start; i < host.length() && port >= 0; i++) {
      char c = host.charAt(i);
      port = c >= '0' && c <= '9' ? port * 10 + (c - '0') : -1;
      port = port > 0xFFFF_FFFFL ? -1 : port;
    }
    return port;
  }

  private List<HeaderEdit> edits(
      RequestHead head, boolean internal, @Nullable String forwardedFor) {
    boolean edge = !internal && trust.isEdge();
    int drop =
        ArrivalHeaders.HOP
            | (internal ? 0 : ArrivalHeaders.INTERNAL)
            | (edge ? ArrivalHeaders.EDGE : 0);
    List<HeaderEdit> edits = null;
    long seen = 0;
    BitSet seenBeyond = names.count() > Long.SIZE ? new BitSet() : null;
    int count = head.headerCount();
    for (int i = 0; i < count; i++) {
      String name = head.headerName(i);
      int flags = names.flags(name);
      if (flags == 0) {
        continue;
      }
      int id = names.id(name);
      boolean again;
      if (seenBeyond == null) { // as a rule; one bit set less to make for each request
        again = (seen & (1L << id)) != 0;
        seen |= 1L << id;
      } else {
        again = seenBeyond.get(id);
        seenBeyond.set(id);
      }
      boolean drops = (flags & drop) != 0;
      if (drops == again && (flags & ArrivalHeaders.BY_VALUE) == 0) {
        continue;
      }
      edits = edits == null ? new ArrayList<>(2) : edits;
      if (drops) {
        edits.add(HeaderEdit.remove(name));
      } else if (again) {
        String joined = HeaderEdits.joined(head, name);
        edits.add(HeaderEdit.set(name, joined == null ? "" : joined));
      } else {
        HopByHop.edit(head, name, i, edits);
      }
    }
    if (edge) {
      edits = edits == null ? new ArrayList<>(1) : edits;
      edits.add(HeaderEdit.set("x-envoy-external-address", trust.externalAddress(forwardedFor)));
    }
    return edits == null || edits.isEmpty() ? List.of() : List.copyOf(edits);
  }

  /**
   * Whether a request asks to go on with another protocol that its route, or else the connection
   * manager, switches off ({@code upgrade_configs}).
   */
  public boolean refusesUpgrade(RequestHead head, RouteEntry route) {
    String type = HopByHop.upgrade(head);
    return type != null
        && !route.upgrade(type).orElseGet(() -> config.upgrades().getOrDefault(type, true));
  }

  /** What becomes of a request that came in. */
  public sealed interface Arrival {
    /**
     * It goes on to its route.
     *
     * @param changed the head as routing sees it; null where it is as it came
     * @param edits what changed of its headers
     * @param internal whether the caller is trusted
     */
    record Accepted(@Nullable RequestHead changed, List<HeaderEdit> edits, boolean internal)
        implements Arrival {

      private static final Accepted TRUSTED = new Accepted(null, List.of(), true);
      private static final Accepted UNTRUSTED = new Accepted(null, List.of(), false);

      static Accepted asItCame(boolean internal) {
        return internal ? TRUSTED : UNTRUSTED;
      }

      /**
       * The head as routing sees it.
       *
       * @param came as it came
       */
      public RequestHead head(RequestHead came) {
        return changed == null ? came : changed;
      }
    }

    /**
     * It is answered at once.
     *
     * @param status 400 or 307
     * @param location of a redirect
     * @param details Envoy's response code details
     */
    record Answered(int status, Optional<String> location, String details) implements Arrival {}
  }
}
