package dev.proxyless.mesh.discovery;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.proxyless.mesh.telemetry.MeshMeters;
import dev.proxyless.mesh.testing.VirtualTime;
import java.lang.reflect.Proxy;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;

class PollerEndTest {

  @Test
  void aQuestionThatTheEndInterruptsIsNoFailureOfTheSource() {
    VirtualTime time = new VirtualTime(1);
    List<String> results = new ArrayList<>();
    AtomicReference<Poller<Object>> poller = new AtomicReference<>();
    poller.set(
        new Poller<>(
            "test",
            "a service",
            () -> {
              results.add("asked");
              poller.get().close();
              throw new IllegalStateException("interrupted");
            },
            Duration.ofSeconds(5),
            time,
            time.pool("test"),
            meters(results)));

    poller.get().start();
    time.advance(Duration.ofMinutes(5));

    assertEquals(List.of("asked"), results, "neither counted as an error nor asked again");
    assertEquals(0, time.timers());
  }

  /** Meters that keep the results of discovery. */
  private static MeshMeters meters(List<String> results) {
    return (MeshMeters)
        Proxy.newProxyInstance(
            PollerEndTest.class.getClassLoader(),
            new Class<?>[] {MeshMeters.class},
            (proxy, method, arguments) -> {
              results.add(method.getName() + " " + arguments[1]);
              return null;
            });
  }
}
