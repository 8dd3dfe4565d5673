package dev.proxyless.mesh.okhttp;

import java.lang.reflect.Method;
import java.time.Duration;
import java.util.Arrays;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.logging.Logger;
import okhttp3.ConnectionPool;
import okhttp3.internal._UtilJvmKt;
import okhttp3.internal.concurrent.TaskRunner;
import okhttp3.internal.connection.ConnectionListener;
import org.jspecify.annotations.Nullable;

/**
 * Makes pools whose idle connections are looked after once in a while. OkHttp's own pool wakes a
 * thread whenever a connection falls idle, which under load is after every call, and costs more CPU
 * than all that the mesh does for it; these do so once a second at most, so that an idle connection
 * may live that much longer.
 *
 * <p>OkHttp offers no setting for that: this uses a constructor that is not of its public API, and
 * of whatever version of OkHttp is there only as long as that looks the same. Otherwise, and for
 * idle times so short that a second matters, OkHttp's own pool serves. Safe for use by several
 * threads.
 */
final class IdleConnections {

  /** The longest that an idle connection lives on. */
  private static final Duration PAUSE = Duration.ofSeconds(1);

  /** Below this an idle time is kept to the letter. */
  private static final Duration LEAST_IDLE_TIME = PAUSE.multipliedBy(10);

  private static final Maker USUAL =
      (maxIdle, idleTime) -> new ConnectionPool(maxIdle, idleTime.toNanos(), TimeUnit.NANOSECONDS);

  private static final @Nullable Sparing SPARING = sparing();

  private IdleConnections() {}

  /** A pool that keeps at most so many idle connections, for so long. */
  static ConnectionPool pool(int maxIdle, Duration idleTime) {
    return makerFor(idleTime).pool(maxIdle, idleTime);
  }

  /** Makes pools. */
  interface Maker {
    ConnectionPool pool(int maxIdle, Duration idleTime);
  }

  /** What makes pools for an idle time. */
  static Maker makerFor(Duration idleTime) {
    return SPARING == null || idleTime.compareTo(LEAST_IDLE_TIME) < 0 ? USUAL : SPARING;
  }

  /** Tries all of it once, so that what is missing shows here and not during a call. */
  private static @Nullable Sparing sparing() {
    try {
      Sparing sparing = new Sparing(PAUSE);
      sparing.pool(0, LEAST_IDLE_TIME);
      return isImplemented(TaskRunner.Backend.class) ? sparing : null;
    } catch (LinkageError otherOkHttp) {
      return null;
    }
  }

  /** Whether all that an OkHttp may call of its backend is implemented here. */
  static boolean isImplemented(Class<?> backend) {
    return Arrays.stream(backend.getMethods()).allMatch(IdleConnections::isImplemented);
  }

  private static boolean isImplemented(Method method) {
    try {
      Method own = Backend.class.getMethod(method.getName(), method.getParameterTypes());
      return own.getReturnType() == method.getReturnType();
    } catch (NoSuchMethodException missing) {
      return false;
    }
  }

  /** All that needs what is not OkHttp's public API. */
  static final class Sparing implements Maker {
    private final TaskRunner runner;

    /** Looks after idle connections, then not for this long. */
    Sparing(Duration pause) {
      runner = new TaskRunner(new Backend(pause), Logger.getLogger(TaskRunner.class.getName()));
    }

    @Override
    public ConnectionPool pool(int maxIdle, Duration idleTime) {
      return new ConnectionPool(
          maxIdle,
          idleTime.toNanos(),
          TimeUnit.NANOSECONDS,
          runner,
          ConnectionListener.Companion.getNONE());
    }

    TaskRunner runner() {
      return runner;
    }
  }

  /**
   * OkHttp's runner of tasks, which after each of its rounds pauses before it listens again. The
   * runner's own monitor guards it, and is held wherever OkHttp notifies or waits.
   */
  private static final class Backend implements TaskRunner.Backend {

    private final TaskRunner.RealBackend usual =
        new TaskRunner.RealBackend(_UtilJvmKt.threadFactory("OkHttp mesh connections", true));

    private final long pauseNanos;
    private boolean pausing;
    private boolean notified;

    Backend(Duration pause) {
      pauseNanos = pause.toNanos();
    }

    @Override
    public long nanoTime() {
      return usual.nanoTime();
    }

    @Override
    public void coordinatorNotify(TaskRunner runner) {
      notified = true;
      if (!pausing) {
        usual.coordinatorNotify(runner);
      }
    }

    @Override
    public void coordinatorWait(TaskRunner runner, long nanos) {
      notified = false;
      try {
        await(runner, nanos, true);
        pausing = true;
        await(runner, pauseNanos, false);
      } catch (InterruptedException unexpected) {
        Thread.currentThread().interrupt();
      } finally {
        pausing = false;
      }
    }

    private void await(TaskRunner runner, long nanos, boolean untilNotified)
        throws InterruptedException {
      long end = nanoTime() + nanos;
      for (long left = nanos; left > 0; left = end - nanoTime()) {
        if (untilNotified && notified) {
          return;
        }
        usual.coordinatorWait(runner, left);
      }
    }

    @Override
    public <T> BlockingQueue<T> decorate(BlockingQueue<T> queue) {
      return usual.decorate(queue);
    }

    @Override
    public void execute(TaskRunner runner, Runnable task) {
      usual.execute(runner, task);
    }
  }
}
