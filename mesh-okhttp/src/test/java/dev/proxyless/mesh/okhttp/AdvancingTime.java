package dev.proxyless.mesh.okhttp;

import dev.proxyless.mesh.time.MeshExecutor;
import dev.proxyless.mesh.time.MeshTime;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.atomic.AtomicLong;

/** The system's time, whose monotonic clock a test can set forward. */
final class AdvancingTime implements MeshTime {

  private final MeshTime system = MeshTime.system();
  private final AtomicLong ahead = new AtomicLong();

  void advance(Duration by) {
    ahead.addAndGet(by.toNanos());
  }

  @Override
  public long nanoTime() {
    return system.nanoTime() + ahead.get();
  }

  @Override
  public Instant now() {
    return system.now();
  }

  @Override
  public long random() {
    return system.random();
  }

  @Override
  public Timer schedule(Duration delay, Runnable task) {
    return system.schedule(delay, task);
  }

  @Override
  public boolean await(CountDownLatch latch, Duration timeout) throws InterruptedException {
    return system.await(latch, timeout);
  }

  @Override
  public MeshExecutor serial(String name) {
    return system.serial(name);
  }

  @Override
  public MeshExecutor pool(String name) {
    return system.pool(name);
  }

  @Override
  public ScheduledExecutorService scheduler() {
    return system.scheduler();
  }

  @Override
  public void close() {
    system.close();
  }
}
