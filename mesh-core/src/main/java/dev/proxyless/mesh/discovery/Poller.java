package dev.proxyless.mesh.discovery;

import dev.proxyless.mesh.telemetry.MeshMeters;
import dev.proxyless.mesh.time.MeshExecutor;
import dev.proxyless.mesh.time.MeshTime;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Asks one question again and again, ahead of need, for all who want its answer. An answer replaces
 * the one before, even if it is empty; a failure leaves what was known in force and is asked again
 * with a growing back-off. Intervals are jittered so that a fleet does not ask in step.
 *
 * @param <T> the answer, a value
 */
final class Poller<T> {

  private static final Logger log = LoggerFactory.getLogger(Poller.class);
  private static final int MAX_BACKOFF_FACTOR = 12;

  private final String source;
  private final String subject;
  private final Supplier<T> question;
  private final Duration interval;
  private final MeshTime time;
  private final MeshExecutor executor;
  private final MeshMeters meters;
  private final List<Consumer<T>> sinks = new CopyOnWriteArrayList<>();
  private volatile @Nullable T known;
  private volatile boolean closed;
  private int failures;

  private final ReentrantLock telling = new ReentrantLock();

  Poller(
      String source,
      String subject,
      Supplier<T> question,
      Duration interval,
      MeshTime time,
      MeshExecutor executor,
      MeshMeters meters) {
    this.source = source;
    this.subject = subject;
    this.question = question;
    this.interval = interval;
    this.time = time;
    this.executor = executor;
    this.meters = meters;
  }

  void start() {
    executor.execute(this::ask);
  }

  /** Adds one who wants answers; what is known already is told at once. */
  void add(Consumer<T> sink) {
    telling.lock();
    try {
      sinks.add(sink);
      T now = known;
      if (now != null) {
        sink.accept(now);
      }
    } finally {
      telling.unlock();
    }
  }

  /** Removes one. Returns whether nobody is left. */
  boolean remove(Consumer<T> sink) {
    sinks.remove(sink);
    return sinks.isEmpty();
  }

  private void ask() {
    if (closed) {
      return;
    }
    Duration next = interval;
    try {
      answered(question.get());
      failures = 0;
      meters.discovery(source, "ok");
    } catch (RuntimeException | LinkageError failed) {
      if (closed) {
        return; // interrupted by its end, which is no failure of the source
      }
      failures++;
      next = interval.multipliedBy(Math.min(1 << Math.min(failures, 10), MAX_BACKOFF_FACTOR));
      meters.discovery(source, "error");
      log.warn(
          "{} does not answer for {} ({} times in a row): {}; {}",
          source,
          subject,
          failures,
          failed.getMessage(),
          known == null ? "no endpoints are known yet" : "the endpoints known stay in use");
    }
    if (!closed) {
      time.schedule(jittered(next), () -> executor.execute(this::ask));
    }
  }

  private void answered(T answer) {
    telling.lock();
    try {
      if (!Objects.equals(answer, known)) {
        log.info("{}: {} has {}", source, subject, answer);
        known = answer;
        sinks.forEach(sink -> sink.accept(answer));
      }
    } finally {
      telling.unlock();
    }
  }

  /** From nine tenths of the interval to eleven. */
  private Duration jittered(Duration about) {
    long tenth = Math.max(1, about.toNanos() / 10);
    return Duration.ofNanos(
        about.toNanos() - tenth + Long.remainderUnsigned(time.random(), 2 * tenth));
  }

  void close() {
    closed = true;
  }
}
