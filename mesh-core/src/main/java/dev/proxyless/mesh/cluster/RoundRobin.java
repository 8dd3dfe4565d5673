package dev.proxyless.mesh.cluster;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.LongSupplier;
import java.util.function.Predicate;

/**
 * {@code ROUND_ROBIN}. Each kind of endpoints of each priority takes turns of its own, which begin
 * at random, so that many clients do not begin at the same endpoint, and go on across updates.
 * Rings are made on the configuration thread and used by any.
 */
final class RoundRobin {

  private final LongSupplier random;
  private final Map<Key, AtomicInteger> turns = new HashMap<>();

  /** Which endpoints of a priority take turns. */
  enum Kind {
    ALL(endpoint -> true),
    HEALTHY(Endpoint::isHealthy),
    DEGRADED(Endpoint::isDegraded);

    @SuppressWarnings("ImmutableEnumChecker") // it has no state
    private final Predicate<Endpoint> condition;

    Kind(Predicate<Endpoint> condition) {
      this.condition = condition;
    }

    Endpoint[] of(List<Endpoint> endpoints) {
      return endpoints.stream().filter(condition).toArray(Endpoint[]::new);
    }
  }

  private record Key(int priority, Kind kind) {}

  RoundRobin(LongSupplier random) {
    this.random = random;
  }

  /** A ring over some endpoints, at least one, that goes on where the last one of its kind was. */
  Ring ring(int priority, Kind kind, Endpoint[] endpoints) {
    AtomicInteger turn =
        turns.computeIfAbsent(
            new Key(priority, kind), each -> new AtomicInteger((int) random.getAsLong()));
    return new Ring(endpoints, turn);
  }

  /** Endpoints that take turns. Safe for use by several threads. */
  static final class Ring {
    private final Endpoint[] endpoints;
    private final AtomicInteger turn;

    private Ring(Endpoint[] endpoints, AtomicInteger turn) {
      this.endpoints = endpoints;
      this.turn = turn;
    }

    Endpoint next() {
      return endpoints[Integer.remainderUnsigned(turn.getAndIncrement(), endpoints.length)];
    }
  }
}
