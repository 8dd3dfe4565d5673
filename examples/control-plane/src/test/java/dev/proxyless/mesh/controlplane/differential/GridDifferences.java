package dev.proxyless.mesh.controlplane.differential;

import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;

/**
 * Where calls do not go as through Envoy, and it is known: on purpose, with the reason in {@code
 * docs/differences.md}, or because it is not mended yet. One that is no longer found has to leave.
 */
final class GridDifferences {

  private static final List<Difference> ON_PURPOSE = List.of();

  private static final List<Difference> TO_BE_MENDED = List.of();

  private static final List<Difference> KNOWN =
      Stream.concat(ON_PURPOSE.stream(), TO_BE_MENDED.stream()).toList();

  private GridDifferences() {}

  /** A difference and the cases that have it. */
  private record Difference(String name, Holds holds) {}

  private interface Holds {
    boolean of(GridCase one, String field, String values);
  }

  /** The name of the difference that this one is; empty where it is none that is known. */
  static Optional<String> known(GridCase one, String field, String values) {
    return KNOWN.stream()
        .filter(each -> each.holds.of(one, field, values))
        .map(Difference::name)
        .findFirst();
  }

  static Set<String> names() {
    Set<String> names = new TreeSet<>();
    KNOWN.forEach(each -> names.add(each.name));
    return names;
  }
}
