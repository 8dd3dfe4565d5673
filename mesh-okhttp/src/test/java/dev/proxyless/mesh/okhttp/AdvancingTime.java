package dev.proxyless.mesh.okhttp;

import dev.proxyless.mesh.time.MeshExecutor;
import dev.proxyless.mesh.time.MeshTime;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.atomic.AtomicLong;

/** The system's time, whose monotonic clock a test can set forward, by hand or by waiting. */
final class AdvancingTime implements MeshTime {

  private final MeshTime system = MeshTime.system();
  private final AtomicLong ahead = new AtomicLong();
  private volatile Thread skips;
  private volatile boolean stands;
  private volatile long stoodAt;

  void advance(Duration by) {
    ahead.addAndGet(by.toNanos());
  }

  /** From now on, the monotonic clock moves by hand alone, however slow the machine is. */
  void stop() {
    stoodAt = system.nanoTime();
    stands = true;
  }

  /** From now on, waiting on this thread moves the clock in place of time. */
  void skipWaits() {
    skips = Thread.currentThread();
  }

  @Override
  public long nanoTime() {
    return (stands ? stoodAt : system.nanoTime()) + ahead.get();
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
    if (Thread.currentThread() != skips) {
      return system.await(latch, timeout);
    }
    advance(timeout);
    return latch.getCount() == 0;
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
