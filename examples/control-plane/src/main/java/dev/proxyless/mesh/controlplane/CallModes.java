package dev.proxyless.mesh.controlplane;

import dev.proxyless.mesh.document.DocumentException;
import dev.proxyless.mesh.document.Json;
import java.io.ByteArrayOutputStream;
import java.io.OutputStream;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Locale;
import java.util.Map;
import java.util.OptionalInt;
import java.util.concurrent.Callable;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import okhttp3.Request;
import okhttp3.Response;
import picocli.CommandLine.Help.Ansi;

/**
 * What {@code mesh call} does once its mesh runs: one call, the same call many times, or a file of
 * calls. Each returns the exit status.
 */
final class CallModes {

  private static final int FAILURE = 400;

  private final Caller caller;
  private final PrintWriter out;
  private final PrintWriter err;
  private final boolean verbose;

  /**
   * Modes of one caller.
   *
   * @param verbose whether the caller itself tells of each call
   */
  CallModes(Caller caller, PrintWriter out, PrintWriter err, boolean verbose) {
    this.caller = caller;
    this.out = out;
    this.err = err;
    this.verbose = verbose;
  }

  /**
   * What is made of one response.
   *
   * @param head whether its status and headers are written before its body
   * @param json whether all of it is written as one JSON object
   * @param failing whether a status of 400 or more is a failure
   */
  record Shown(boolean head, boolean json, boolean failing) {}

  /** Makes one call and writes its response. */
  int one(Request request, CallRecord.Choice choice, Shown shown) {
    ByteArrayOutputStream kept = new ByteArrayOutputStream();
    OutputStream body = shown.json() ? kept : System.out;
    Consumer<Response> head = shown.head() && !shown.json() ? CallModes::writeHead : response -> {};
    CallOutcome outcome = caller.call(request, choice, OptionalInt.empty(), head, body);
    if (shown.json()) {
      out.println(Json.pretty(outcome.toMap(kept.toByteArray())));
    } else if (!outcome.error().isEmpty() && !verbose) {
      err.println("mesh call: " + outcome.error());
    }
    boolean good = outcome.isAnswered() && !(shown.failing() && outcome.status() >= FAILURE);
    return good ? ExitStatus.GOOD : ExitStatus.PROBLEMS;
  }

  private static void writeHead(Response response) {
    StringBuilder head = new StringBuilder();
    String protocol = response.protocol().toString().toUpperCase(Locale.ROOT);
    head.append(protocol.startsWith("H2") ? "HTTP/2" : protocol);
    head.append(' ').append(response.code()).append('\n');
    response
        .headers()
        .forEach(each -> head.append(each.getFirst() + ": " + each.getSecond() + "\n"));
    byte[] bytes = head.append('\n').toString().getBytes(StandardCharsets.UTF_8);
    System.out.write(bytes, 0, bytes.length);
  }

  /** Makes the same call many times and writes what came of them. */
  int many(Request request, CallRecord.Choice choice, int times, int concurrency, boolean json)
      throws InterruptedException {
    CallLoad load = new CallLoad(times, concurrency, err, Ansi.AUTO.enabled() && !verbose);
    AtomicInteger number = new AtomicInteger();
    Duration elapsed =
        load.run(
            () ->
                caller.call(
                    request,
                    choice,
                    OptionalInt.of(number.incrementAndGet()),
                    response -> {},
                    OutputStream.nullOutputStream()));
    if (json) {
      out.println(Json.pretty(load.tally().toMap(elapsed)));
    } else {
      load.tally().print(out, elapsed, concurrency);
      out.flush();
    }
    return load.tally().failed() == 0 ? ExitStatus.GOOD : ExitStatus.PROBLEMS;
  }

  /** Makes the calls of a file of requests and writes a line for each. */
  int all(String requests, int concurrency) {
    CallLines calls = new CallLines(new PrintWriter(out, false), concurrency);
    RequestLines.open(
        requests, (file, lines) -> calls.run(lines, (number, line) -> answer(file, number, line)));
    return ExitStatus.GOOD;
  }

  private Callable<Map<String, Object>> answer(String file, int number, String line) {
    RequestLines.Line read = RequestLines.readWithBody(file, number, line);
    Request request;
    try {
      request =
          CallRequests.of(
              read.request(),
              read.body().map(body -> body.text().getBytes(StandardCharsets.UTF_8)));
    } catch (IllegalArgumentException wrong) {
      throw new DocumentException(file + ":" + number + ": " + wrong.getMessage(), wrong);
    }
    return () -> {
      ByteArrayOutputStream body = new ByteArrayOutputStream();
      return caller
          .call(
              request,
              new CallRecord.Choice(read.random(), read.request().trusted()),
              OptionalInt.of(number),
              response -> {},
              body)
          .toMap(body.toByteArray());
    };
  }
}
