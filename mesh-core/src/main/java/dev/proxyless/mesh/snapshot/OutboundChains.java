package dev.proxyless.mesh.snapshot;

import dev.proxyless.mesh.call.MeshView.OutboundChain;
import dev.proxyless.mesh.route.RequestHead;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Finds what takes a request by its destination: an API listener of its very name, else the chain
 * of its port, else the default chain. Where there is none, nothing of the mesh takes it.
 * Immutable.
 */
public final class OutboundChains {

  private final Map<String, OutboundChain> byName;
  private final int[] ports;
  private final List<OutboundChain> byPort;
  private final @Nullable OutboundChain otherwise;

  private OutboundChains(Builder builder) {
    byName = Map.copyOf(builder.byName);
    ports = builder.byPort.keySet().stream().mapToInt(Integer::intValue).toArray();
    byPort = List.copyOf(builder.byPort.values());
    otherwise = builder.otherwise;
  }

  @Nullable OutboundChain find(RequestHead head) {
    if (!byName.isEmpty()) {
      OutboundChain named = byName.get(head.authority());
      if (named != null) {
        return named;
      }
    }
    int port = head.port();
    for (int i = 0; i < ports.length; i++) {
      if (ports[i] == port) {
        return byPort.get(i);
      }
    }
    return otherwise;
  }

  /**
   * All chains under the names that people know them by: a listener's name, a port, or "other
   * ports".
   */
  public Map<String, OutboundChain> all() {
    Map<String, OutboundChain> all = new LinkedHashMap<>(byName);
    for (int i = 0; i < ports.length; i++) {
      all.put("port " + ports[i], byPort.get(i));
    }
    if (otherwise != null) {
      all.put("other ports", otherwise);
    }
    return all;
  }

  /** Collects chains; the first of a name or port wins. */
  static final class Builder {
    private final Map<String, OutboundChain> byName = new HashMap<>();
    private final TreeMap<Integer, OutboundChain> byPort = new TreeMap<>();
    private @Nullable OutboundChain otherwise;

    void named(String name, OutboundChain chain) {
      byName.putIfAbsent(name, chain);
    }

    void port(int port, OutboundChain chain) {
      byPort.putIfAbsent(port, chain);
    }

    void otherwise(OutboundChain chain) {
      if (otherwise == null) {
        otherwise = chain;
      }
    }

    OutboundChains build() {
      return new OutboundChains(this);
    }

    List<OutboundChain> chains() {
      List<OutboundChain> all = new ArrayList<>(byName.values());
      all.addAll(byPort.values());
      if (otherwise != null) {
        all.add(otherwise);
      }
      return all;
    }
  }
}
