package dev.proxyless.mesh.testing;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;

/**
 * Runs code in a thread group of its own, so that the threads it leaves behind can be told from
 * those of tests that run at the same time.
 */
public final class OwnThreads {

  private static final long RUN_SECONDS = 60;
  private static final long END_MILLIS = 10_000;

  private OwnThreads() {}

  /** The names of the threads that are alive some time after the code has returned. */
  public static List<String> leftBy(Callable<?> code) throws Exception {
    ThreadGroup group = new ThreadGroup("own threads");
    FutureTask<?> task = new FutureTask<>(code);
    Thread runner = new Thread(group, task, "test");
    runner.start();
    task.get(RUN_SECONDS, TimeUnit.SECONDS);
    runner.join(END_MILLIS);
    Thread[] threads = new Thread[group.activeCount() + 16];
    int count = group.enumerate(threads);
    List<String> left = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      threads[i].join(END_MILLIS);
      if (threads[i].isAlive()) {
        left.add(threads[i].getName());
      }
    }
    return left;
  }
}
