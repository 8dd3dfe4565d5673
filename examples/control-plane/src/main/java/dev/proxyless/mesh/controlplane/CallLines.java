package dev.proxyless.mesh.controlplane;

import dev.proxyless.mesh.document.DocumentException;
import dev.proxyless.mesh.document.Json;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.io.PrintWriter;
import java.util.Map;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/**
 * Makes calls that stand one on a line, some of them at a time, and answers each by a line in their
 * order, as soon as it and those before it have ended.
 */
final class CallLines {

  private static final int WAITING_FOR_EACH = 4;
  private static final Future<Map<String, Object>> END =
      CompletableFuture.completedFuture(Map.of());

  private final PrintWriter out;
  private final int concurrency;
  private final BlockingQueue<Future<Map<String, Object>>> answers;

  CallLines(PrintWriter out, int concurrency) {
    this.out = out;
    this.concurrency = concurrency;
    answers = new ArrayBlockingQueue<>(WAITING_FOR_EACH * concurrency);
  }

  /** Makes a call of a line. */
  interface Reader {
    /**
     * What makes the call and answers.
     *
     * @throws DocumentException if the line is no request; the message names it
     */
    Callable<Map<String, Object>> read(int number, String line);
  }

  /**
   * Reads lines to their end, or to the first that is no request, and answers them all.
   *
   * @throws DocumentException if a line is no request; those before have been answered
   * @throws IOException if the lines cannot be read
   */
  void run(BufferedReader lines, Reader reader) throws IOException {
    ExecutorService threads = Executors.newFixedThreadPool(concurrency);
    CompletableFuture<Void> written = new CompletableFuture<>();
    Thread writer = new Thread(() -> write(written), "mesh-call-answers");
    writer.setDaemon(true);
    writer.start();
    try {
      try {
        int number = 0;
        for (String line = lines.readLine(); line != null; line = lines.readLine()) {
          number++;
          if (!line.isBlank()) {
            answers.put(threads.submit(reader.read(number, line)));
          }
        }
      } finally {
        answers.put(END);
        written.get();
      }
    } catch (ExecutionException failed) {
      throw new IllegalStateException(failed.getCause());
    } catch (InterruptedException ended) {
      Thread.currentThread().interrupt();
      throw (IOException) new InterruptedIOException("interrupted").initCause(ended);
    } finally {
      threads.shutdownNow();
    }
  }

  /** Goes on after a failure, so that nobody waits for room. */
  private void write(CompletableFuture<Void> written) {
    Throwable failure = null;
    try {
      for (Future<Map<String, Object>> next = answers.take(); next != END; next = answers.take()) {
        try {
          out.print(ascii(Json.line(next.get())));
          out.print('\n');
          if (answers.isEmpty()) {
            out.flush(); // who asked may wait for the answer
          }
        } catch (ExecutionException failed) {
          failure = failed.getCause();
        }
      }
    } catch (InterruptedException ended) {
      failure = ended;
    }
    out.flush();
    if (failure == null) {
      written.complete(null);
    } else {
      written.completeExceptionally(failure);
    }
  }

  /** The same JSON whatever the output's charset can say. */
  private static String ascii(String json) {
    StringBuilder ascii = new StringBuilder(json.length());
    for (int i = 0; i < json.length(); i++) {
      char c = json.charAt(i);
      if (c < 0x7f) {
        ascii.append(c);
      } else {
        ascii.append(String.format("\\u%04x", (int) c));
      }
    }
    return ascii.toString();
  }
}
