package dev.proxyless.mesh.telemetry;

import static org.junit.jupiter.api.Assertions.assertDoesNotThrow;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.proxyless.mesh.testing.Await;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

final class TelemetryTest {

  static List<Throwable> failures() {
    return List.of(
        new IllegalStateException("the listener is broken"),
        new java.io.IOException("a checked one, as other languages throw it"),
        new NoSuchMethodError("built against another version"),
        new AssertionError("from a test"));
  }

  @ParameterizedTest
  @MethodSource("failures")
  void whatAListenerThrowsGoesNoFurther(Throwable failure) {
    List<Long> told = new ArrayList<>();
    Telemetry telemetry =
        telemetry(
            new MeshListener() {
              @Override
              public void configurationApplied(long generation) {
                told.add(generation);
                TelemetryTest.<RuntimeException>sneak(failure);
              }
            });

    assertDoesNotThrow(() -> telemetry.tell(listener -> listener.configurationApplied(1)));
    assertDoesNotThrow(() -> telemetry.tell(listener -> listener.configurationApplied(2)));

    assertEquals(List.of(1L, 2L), told);
  }

  @SuppressWarnings({"unchecked", "TypeParameterUnusedInFormals"})
  private static <T extends Throwable> void sneak(Throwable failure) throws T {
    throw (T) failure;
  }

  @Test
  void aListenerIsToldOfOneThingAtATime() throws Exception {
    CountDownLatch inside = new CountDownLatch(1);
    CountDownLatch release = new CountDownLatch(1);
    List<Long> told = Collections.synchronizedList(new ArrayList<>());
    Telemetry telemetry =
        telemetry(
            new MeshListener() {
              @Override
              public void configurationApplied(long generation) {
                inside.countDown();
                if (generation == 1) {
                  await(release);
                }
                told.add(generation);
              }
            });
    Thread first = new Thread(() -> telemetry.tell(each -> each.configurationApplied(1)));
    Thread second = new Thread(() -> telemetry.tell(each -> each.configurationApplied(2)));
    first.start();
    await(inside);
    second.start();
    Await.until(
        "the second waits for the first",
        () -> second.getState() == Thread.State.WAITING,
        second::getState);
    assertEquals(List.of(), told);
    release.countDown();
    first.join();
    second.join();
    assertEquals(List.of(1L, 2L), told);
  }

  private static void await(CountDownLatch latch) {
    try {
      assertTrue(latch.await(Await.LIMIT.toSeconds() + 10, TimeUnit.SECONDS));
    } catch (InterruptedException interrupted) {
      throw new AssertionError(interrupted);
    }
  }

  private static Telemetry telemetry(MeshListener listener) {
    return new Telemetry(MeshMeters.NONE, MeshTracing.NONE, listener);
  }
}
