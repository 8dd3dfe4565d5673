package dev.proxyless.mesh.telemetry;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

/**
 * The flags of one call, in the order in which they were set, as Envoy logs them; each at most
 * once. Immutable.
 */
public final class ResponseFlags {

  /** No flag: nothing unusual happened. */
  public static final ResponseFlags NONE = new ResponseFlags(List.of());

  private final List<ResponseFlag> flags;

  private ResponseFlags(List<ResponseFlag> flags) {
    this.flags = flags;
  }

  /** One flag. */
  public static ResponseFlags of(ResponseFlag flag) {
    return new ResponseFlags(List.of(flag));
  }

  /** These flags and one more. */
  public ResponseFlags with(ResponseFlag flag) {
    if (flags.contains(flag)) {
      return this;
    }
    List<ResponseFlag> more = new ArrayList<>(flags);
    more.add(flag);
    return new ResponseFlags(List.copyOf(more));
  }

  public boolean has(ResponseFlag flag) {
    return flags.contains(flag);
  }

  public boolean isEmpty() {
    return flags.isEmpty();
  }

  /** The flags, in the order in which they were set. */
  public List<ResponseFlag> list() {
    return flags;
  }

  /** As in Envoy's access log: short names with commas between, or {@code -}. */
  @Override
  public String toString() {
    return flags.isEmpty()
        ? "-"
        : flags.stream().map(ResponseFlag::name).collect(Collectors.joining(","));
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof ResponseFlags that && flags.equals(that.flags);
  }

  @Override
  public int hashCode() {
    return flags.hashCode();
  }
}
