package dev.proxyless.mesh.controlplane;

import dev.proxyless.mesh.telemetry.AttemptInfo;
import dev.proxyless.mesh.telemetry.CallInfo;
import java.io.PrintWriter;
import java.time.Duration;
import java.util.Locale;
import java.util.OptionalInt;
import okhttp3.Request;
import okhttp3.Response;

/**
 * Tells people of one call as it goes on, on standard error.
 *
 * @param err where lines are written
 * @param number of the call, where there are several
 */
record CallNarrator(PrintWriter err, OptionalInt number) {

  /** The request as it is about to be sent. */
  void request(Request request) {
    String host = request.header("Host");
    line("> " + request.method() + " " + request.url() + (host == null ? "" : " as " + host));
  }

  /** A try that ended. */
  void attempt(AttemptInfo attempt) {
    line(
        "* try "
            + attempt.number()
            + " at "
            + attempt.endpoint()
            + ", "
            + ms(attempt.start())
            + " after the call began: "
            + (attempt.status() == 0 ? attempt.reset() : String.valueOf(attempt.status()))
            + (attempt.status() == 0 && attempt.reset().isEmpty() ? "no answer" : "")
            + " in "
            + ms(attempt.duration())
            + (attempt.next().isEmpty() ? "" : "; " + attempt.next()));
  }

  /** The head of the response. */
  void head(Response response) {
    line("< " + response.code());
    response.headers().forEach(each -> line("< " + each.getFirst() + ": " + each.getSecond()));
  }

  /** The end. */
  void end(CallOutcome outcome) {
    CallInfo info = outcome.info();
    if (!outcome.error().isEmpty()) {
      line(
          "* "
              + (outcome.status() == 0 ? "no response came: " : "the body broke off: ")
              + outcome.error());
    }
    if (!info.explanation().isEmpty()) {
      line("* " + info.explanation());
    }
    line("* ended after " + ms(outcome.duration()) + ": " + info);
  }

  private void line(String text) {
    err.println(number.isPresent() ? "#" + number.getAsInt() + " " + text : text);
  }

  static String ms(Duration duration) {
    return String.format(Locale.ROOT, "%,.1f ms", CallOutcome.millis(duration));
  }
}
