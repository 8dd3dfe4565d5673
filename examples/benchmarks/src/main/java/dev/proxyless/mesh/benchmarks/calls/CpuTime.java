package dev.proxyless.mesh.benchmarks.calls;

import com.sun.management.OperatingSystemMXBean;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;

/**
 * CPU of a process, all of its threads included. Where the kernel tells what each thread has run to
 * the nanosecond, that is summed: what the JDK tells comes in steps of 10 ms. A thread that ends
 * while it is measured is then missed; those of the harness live as long as it does.
 */
final class CpuTime {

  private final ProcessHandle process;
  private final Path tasks;

  private CpuTime(ProcessHandle process) {
    this.process = process;
    tasks = Path.of("/proc", Long.toString(process.pid()), "task");
  }

  static CpuTime of(ProcessHandle process) {
    return new CpuTime(process);
  }

  /** What it has used so far. */
  long nanos() {
    long sum = 0;
    try (DirectoryStream<Path> threads = Files.newDirectoryStream(tasks)) {
      for (Path thread : threads) {
        sum += ran(thread);
      }
    } catch (IOException notToldByTheKernel) {
      sum = 0;
    }
    return sum > 0 ? sum : coarse();
  }

  private static long ran(Path thread) {
    try {
      String text = Files.readString(thread.resolve("schedstat"));
      return Long.parseLong(text.substring(0, text.indexOf(' ')));
    } catch (IOException ended) {
      return 0;
    }
  }

  private long coarse() {
    return process.equals(ProcessHandle.current())
        ? ManagementFactory.getPlatformMXBean(OperatingSystemMXBean.class).getProcessCpuTime()
        : process.info().totalCpuDuration().orElse(Duration.ZERO).toNanos();
  }
}
