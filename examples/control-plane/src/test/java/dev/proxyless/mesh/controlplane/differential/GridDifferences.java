package dev.proxyless.mesh.controlplane.differential;

import dev.proxyless.mesh.controlplane.differential.GridCase.Timing;
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

  private static final List<Difference> TO_BE_MENDED =
      List.of(
          new Difference(
              "details say via_upstream of a response whose body broke off",
              (one, field, values) ->
                  field.equals("details")
                      && values.endsWith("| here via_upstream")
                      && (values.startsWith("Envoy upstream_reset_after_response_started{")
                          || values.startsWith("Envoy response_timeout "))),
          ofSlow("a route's max_stream_duration is told as the upstream's", Timing.MAX_DURATION),
          ofSlow("a route's idle_timeout does not act", Timing.IDLE),
          ofSlow("per_try_idle_timeout does not act", Timing.PER_TRY_IDLE),
          ofSlow("hedge_on_per_try_timeout does not act", Timing.HEDGED));

  private static final List<Difference> KNOWN =
      Stream.concat(ON_PURPOSE.stream(), TO_BE_MENDED.stream()).toList();

  private GridDifferences() {}

  private static Difference ofSlow(String name, Timing timing) {
    return new Difference(
        name, (one, field, values) -> one.timing() == timing && one.behaviour().isSlow());
  }

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
