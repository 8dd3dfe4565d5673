package dev.proxyless.mesh.controlplane;

import dev.proxyless.mesh.testing.Await;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Predicate;

/** Keeps the events of a control plane. */
final class RecordedEvents implements EventSink {

  private final List<Event> all = new CopyOnWriteArrayList<>();

  @Override
  public void tell(Event event) {
    all.add(event);
  }

  <T extends Event> List<T> all(Class<T> type) {
    return all.stream().filter(type::isInstance).map(type::cast).toList();
  }

  /** The first event of a type that satisfies a condition, once there is one. */
  <T extends Event> T await(Class<T> type, Predicate<T> condition) throws Exception {
    Await.until(
        "an event " + type.getSimpleName(),
        () -> all(type).stream().anyMatch(condition),
        () -> all);
    return all(type).stream().filter(condition).findFirst().orElseThrow();
  }

  void clear() {
    all.clear();
  }
}
