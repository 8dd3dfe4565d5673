package dev.proxyless.mesh.benchmarks.calls;

import io.github.resilience4j.bulkhead.Bulkhead;
import io.github.resilience4j.bulkhead.BulkheadConfig;
import io.github.resilience4j.circuitbreaker.CircuitBreaker;
import io.github.resilience4j.retry.Retry;
import io.github.resilience4j.timelimiter.TimeLimiter;
import io.github.resilience4j.timelimiter.TimeLimiterConfig;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/** Resilience4j's decorators around another arm. */
final class Resilience4jArm implements Arm {

  private final Arm inner;
  private final ExecutorService limited = Executors.newCachedThreadPool();
  private final Callable<Boolean> decorated;

  /**
   * Retry, circuit breaker and bulkhead.
   *
   * @param timeLimiter whether a time limiter is around them
   */
  Resilience4jArm(Arm inner, boolean timeLimiter) {
    this.inner = inner;
    CircuitBreaker breaker = CircuitBreaker.ofDefaults("bench");
    Retry retry = Retry.ofDefaults("bench");
    Bulkhead bulkhead =
        Bulkhead.of("bench", BulkheadConfig.custom().maxConcurrentCalls(1_024).build());
    Callable<Boolean> call =
        () -> {
          inner.call();
          return true;
        };
    Callable<Boolean> bounded = call;
    if (timeLimiter) {
      TimeLimiter limiter =
          TimeLimiter.of(
              TimeLimiterConfig.custom().timeoutDuration(Duration.ofSeconds(15)).build());
      bounded = () -> limiter.executeFutureSupplier(() -> limited.submit(call));
    }
    decorated =
        Retry.decorateCallable(
            retry,
            CircuitBreaker.decorateCallable(breaker, Bulkhead.decorateCallable(bulkhead, bounded)));
  }

  @Override
  public void call() throws Exception {
    decorated.call();
  }

  @Override
  public void close() throws IOException {
    limited.shutdownNow();
    inner.close();
  }
}
