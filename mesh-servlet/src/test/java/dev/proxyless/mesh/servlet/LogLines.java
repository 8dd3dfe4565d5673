package dev.proxyless.mesh.servlet;

import static org.junit.jupiter.api.Assertions.fail;

import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.logging.Handler;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import java.util.logging.SimpleFormatter;

/** What a logger is told while this is open. */
final class LogLines implements AutoCloseable {

  private final List<String> lines = new CopyOnWriteArrayList<>();
  private final Logger logger;
  private final Handler handler =
      new Handler() {
        private final SimpleFormatter formatter = new SimpleFormatter();

        @Override
        public void publish(LogRecord record) {
          lines.add(formatter.formatMessage(record));
        }

        @Override
        public void flush() {}

        @Override
        public void close() {}
      };

  LogLines(String name) {
    logger = Logger.getLogger(name);
    logger.addHandler(handler);
  }

  /** The lines that have a text, once there are some. */
  List<String> await(String text) {
    await(() -> !with(text).isEmpty(), () -> "no line has " + text + ": " + lines);
    return with(text);
  }

  List<String> with(String text) {
    return lines.stream().filter(line -> line.contains(text)).toList();
  }

  /** Waits for a condition, at most twenty seconds. */
  static void await(BooleanSupplier condition, java.util.function.Supplier<String> otherwise) {
    long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(20);
    while (!condition.getAsBoolean()) {
      if (System.nanoTime() - deadline > 0) {
        fail(otherwise.get());
      }
      Thread.onSpinWait();
    }
  }

  @Override
  public void close() {
    logger.removeHandler(handler);
  }
}
