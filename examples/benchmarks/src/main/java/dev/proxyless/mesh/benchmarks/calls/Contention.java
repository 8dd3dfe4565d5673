package dev.proxyless.mesh.benchmarks.calls;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Predicate;
import jdk.jfr.Recording;
import jdk.jfr.consumer.RecordedEvent;
import jdk.jfr.consumer.RecordedFrame;
import jdk.jfr.consumer.RecordingFile;

/**
 * Where threads that call wait for each other: all waiting for monitors and locks in a slice, told
 * by whose code waits, which is the innermost frame that is not the JDK's. Of virtual threads the
 * flight recorder tells monitors and pinned carriers, and no locks that let the carrier go.
 *
 * @param calls how many calls were made meanwhile
 * @param oursNanos how long calls waited in the mesh's own code
 * @param oursTimes how often
 * @param othersNanos how long they waited in other code, such as OkHttp's
 * @param places where the mesh's own code waited, with how often
 * @param otherPlaces where other code waited
 */
record Contention(
    long calls,
    long oursNanos,
    long oursTimes,
    long othersNanos,
    Map<String, Long> places,
    Map<String, Long> otherPlaces) {

  private static final String OURS = "dev.proxyless.mesh.";
  private static final String HARNESS = OURS + "benchmarks.";

  /** Runs a slice and looks at it; a slice before it takes what recording costs at first. */
  static Contention of(Workers workers, Arm arm, Duration slice) throws Exception {
    Path file = Files.createTempFile("mesh-benchmark", ".jfr");
    try (Recording recording = new Recording()) {
      recording.enable("jdk.JavaMonitorEnter").withThreshold(Duration.ZERO).withStackTrace();
      recording.enable("jdk.ThreadPark").withThreshold(Duration.ZERO).withStackTrace();
      recording.enable("jdk.VirtualThreadPinned").withThreshold(Duration.ZERO).withStackTrace();
      recording.start();
      workers.run(arm, slice);
      Instant begin = Instant.now();
      long calls = workers.run(arm, slice).calls();
      recording.stop();
      recording.dump(file);
      return read(file, begin, calls);
    } finally {
      Files.delete(file);
    }
  }

  private static Contention read(Path file, Instant begin, long calls) throws IOException {
    long ours = 0;
    long oursTimes = 0;
    long others = 0;
    Map<String, Long> places = new TreeMap<>();
    Map<String, Long> otherPlaces = new TreeMap<>();
    try (RecordingFile events = new RecordingFile(file)) {
      while (events.hasMoreEvents()) {
        RecordedEvent event = events.readEvent();
        if (event.getStackTrace() == null
            || event.getStartTime().isBefore(begin)
            || !isOfCall(event)) {
          continue;
        }
        String place = place(event);
        if (place.startsWith(OURS)) {
          ours += event.getDuration().toNanos();
          oursTimes++;
          places.merge(place, 1L, Long::sum);
        } else {
          others += event.getDuration().toNanos();
          otherPlaces.merge(place, 1L, Long::sum);
        }
      }
    }
    return new Contention(calls, ours, oursTimes, others, places, otherPlaces);
  }

  /**
   * Whether a thread waited while it made a call, and not for the slice to begin. Only calls have
   * more frames than are recorded.
   */
  private static boolean isOfCall(RecordedEvent event) {
    return event.getStackTrace().isTruncated()
        || event.getStackTrace().getFrames().stream()
            .map(Contention::name)
            .anyMatch(frame -> frame.startsWith(HARNESS) && frame.endsWith("Arm.call"));
  }

  private static String place(RecordedEvent event) {
    Predicate<String> jdk =
        frame ->
            frame.startsWith("java.")
                || frame.startsWith("jdk.")
                || frame.startsWith("sun.")
                || frame.startsWith("kotlin.");
    return event.getStackTrace().getFrames().stream()
        .map(Contention::name)
        .filter(jdk.negate())
        .findFirst()
        .orElse("");
  }

  private static String name(RecordedFrame frame) {
    return frame.getMethod().getType().getName() + "." + frame.getMethod().getName();
  }

  /** How long the mesh's own code made a call wait, in nanoseconds on average. */
  double oursPerCall() {
    return (double) oursNanos / Math.max(1, calls);
  }

  double othersPerCall() {
    return (double) othersNanos / Math.max(1, calls);
  }
}
