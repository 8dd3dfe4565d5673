package dev.proxyless.mesh.quickstart;

import dev.proxyless.mesh.time.MeshExecutor;
import dev.proxyless.mesh.time.MeshTime;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.atomic.AtomicLong;

/**
 * The system's time with random numbers that follow from a seed, so that a run can be told again.
 */
final class SeededTime implements MeshTime {

  private static final long GOLDEN_GAMMA = 0x9e3779b97f4a7c15L;

  private final MeshTime system = MeshTime.system();
  private final long seed;
  private final AtomicLong state;

  SeededTime(long seed) {
    this.seed = seed;
    state = new AtomicLong(seed);
  }

  /** Begins the numbers of a part of the run, which follow from the seed and the part's name. */
  void restart(String part) {
    state.set(seed * GOLDEN_GAMMA + part.hashCode());
  }

  /** SplitMix64, as {@link java.util.SplittableRandom} computes it; safe for several threads. */
  @Override
  public long random() {
    long z = state.addAndGet(GOLDEN_GAMMA);
    z = (z ^ (z >>> 30)) * 0xbf58476d1ce4e5b9L;
    z = (z ^ (z >>> 27)) * 0x94d049bb133111ebL;
    return z ^ (z >>> 31);
  }

  @Override
  public long nanoTime() {
    return system.nanoTime();
  }

  @Override
  public Instant now() {
    return system.now();
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
