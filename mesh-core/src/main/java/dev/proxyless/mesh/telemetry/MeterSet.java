package dev.proxyless.mesh.telemetry;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tag;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.Timer;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;

/**
 * The meters that one mesh has in a registry: named and tagged as {@link MeterName} says, and known
 * so that they can be taken out again. Safe for use by several threads.
 */
final class MeterSet implements AutoCloseable {

  /** Stands where a tag has no value. */
  static final String NO_VALUE = "none";

  /** OpenTelemetry's word for a value that a caller made up. */
  static final String OTHER = "_OTHER";

  private static final List<String> METHODS =
      List.of("GET", "HEAD", "POST", "PUT", "DELETE", "CONNECT", "OPTIONS", "TRACE", "PATCH");

  private final MeterRegistry registry;
  private final Set<Meter> made = ConcurrentHashMap.newKeySet();
  private volatile boolean closed;

  MeterSet(MeterRegistry registry) {
    this.registry = registry;
  }

  Counter counter(MeterName name, String... values) {
    return kept(
        Counter.builder(name.id())
            .description(name.description())
            .tags(tags(name, values))
            .register(registry));
  }

  Timer timer(MeterName name, String... values) {
    return kept(
        Timer.builder(name.id())
            .description(name.description())
            .tags(tags(name, values))
            .register(registry));
  }

  Gauge gauge(MeterName name, Supplier<Number> value, String... values) {
    return kept(
        Gauge.builder(name.id(), value)
            .description(name.description())
            .tags(tags(name, values))
            .register(registry));
  }

  /** A call that outlives its mesh must not leave a meter behind. */
  private <M extends Meter> M kept(M meter) {
    made.add(meter);
    if (closed) {
      registry.remove(meter);
    }
    return meter;
  }

  private static Tags tags(MeterName name, String... values) {
    List<Tag> tags = new ArrayList<>();
    for (int i = 0; i < values.length; i++) {
      tags.add(Tag.of(name.tags().get(i), values[i].isEmpty() ? NO_VALUE : values[i]));
    }
    return Tags.of(tags);
  }

  void remove(Collection<? extends Meter> meters) {
    meters.forEach(registry::remove);
    made.removeAll(meters);
  }

  @Override
  public void close() {
    closed = true;
    made.forEach(registry::remove);
    made.clear();
  }

  /** A small number for a method; 0 for one that the field does not know. */
  static int methodIndex(String method) {
    return METHODS.indexOf(method) + 1;
  }

  /** A method as a tag, of which there are few. */
  static String methodTag(String method) {
    return METHODS.contains(method) ? method : OTHER;
  }

  static String word(Enum<?> value) {
    return value.name().toLowerCase(Locale.ROOT);
  }
}
