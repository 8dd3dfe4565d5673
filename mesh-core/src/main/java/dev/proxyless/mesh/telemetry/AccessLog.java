package dev.proxyless.mesh.telemetry;

import dev.proxyless.mesh.Internal;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Locale;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One line for each request served, in Envoy's default format, to the logger {@value #LOGGER}:
 *
 * <pre>
 * [START_TIME] "METHOD PATH PROTOCOL" CODE FLAGS BYTES_RECEIVED BYTES_SENT DURATION
 *     UPSTREAM_SERVICE_TIME "X-FORWARDED-FOR" "USER-AGENT" "X-REQUEST-ID" "AUTHORITY" "UPSTREAM_HOST"
 * </pre>
 *
 * <p>What a caller sends cannot forge a line or a field: control characters, quotes, backslashes
 * and all that is not ASCII are escaped, and each text is cut at a length, so that a line has less
 * than 4 KiB. Values of parameters that look like credentials are left out ({@link Redaction}).
 */
@Internal
public final class AccessLog {

  /** The name of the logger; lines have the level INFO. */
  public static final String LOGGER = "dev.proxyless.mesh.access";

  private static final Logger log = LoggerFactory.getLogger(LOGGER);

  private static final DateTimeFormatter TIME =
      DateTimeFormatter.ofPattern("uuuu-MM-dd'T'HH:mm:ss.SSS'Z'", Locale.ROOT)
          .withZone(ZoneOffset.UTC);

  private static final int MAX_PATH = 2_000;
  private static final int MAX_TEXT = 250;
  private static final String CUT = "...";

  private AccessLog() {}

  /**
   * A request that was served. Texts that are not there are empty.
   *
   * @param start when it came
   * @param method as sent
   * @param path with query, as sent
   * @param protocol such as {@code HTTP/1.1}
   * @param status what was answered; 0 where nothing was
   * @param flags what was unusual
   * @param bytesReceived of the body
   * @param bytesSent of the body
   * @param millis from its begin to the end of the response
   * @param upstreamServiceTime of the response's {@code x-envoy-upstream-service-time}
   * @param forwardedFor of {@code x-forwarded-for}
   * @param userAgent of {@code user-agent}
   * @param requestId of {@code x-request-id}
   * @param authority host and port as the caller named them
   */
  public record Entry(
      Instant start,
      String method,
      String path,
      String protocol,
      int status,
      ResponseFlags flags,
      long bytesReceived,
      long bytesSent,
      long millis,
      String upstreamServiceTime,
      String forwardedFor,
      String userAgent,
      String requestId,
      String authority) {}

  /** Whether anybody reads the log. */
  public static boolean isEnabled() {
    return log.isInfoEnabled();
  }

  /** Writes a line. */
  public static void write(Entry entry) {
    log.info("{}", line(entry));
  }

  /** The line, without its end. */
  public static String line(Entry entry) {
    StringBuilder line = new StringBuilder(256);
    line.append('[');
    TIME.formatTo(entry.start(), line);
    line.append("] \"");
    text(line, entry.method(), MAX_TEXT);
    line.append(' ');
    text(line, Redaction.path(entry.path()), MAX_PATH);
    line.append(' ');
    text(line, entry.protocol(), MAX_TEXT);
    line.append("\" ").append(entry.status());
    line.append(' ').append(entry.flags());
    line.append(' ').append(entry.bytesReceived());
    line.append(' ').append(entry.bytesSent());
    line.append(' ').append(entry.millis());
    line.append(' ');
    text(line, entry.upstreamServiceTime(), MAX_TEXT);
    quoted(line, entry.forwardedFor());
    quoted(line, entry.userAgent());
    quoted(line, entry.requestId());
    quoted(line, entry.authority());
    quoted(line, ""); // the application is in this process: there is no upstream host
    return line.toString();
  }

  private static void quoted(StringBuilder line, String text) {
    line.append(" \"");
    text(line, text, MAX_TEXT);
    line.append('"');
  }

  /** A text that a caller sent, fit for a log: escaped, and cut where it is long. */
  public static String escaped(String text) {
    StringBuilder escaped = new StringBuilder();
    text(escaped, text, MAX_TEXT);
    return escaped.toString();
  }

  private static void text(StringBuilder line, String text, int max) {
    if (text.isEmpty()) {
      line.append('-');
      return;
    }
    int end = line.length() + max;
    for (int i = 0; i < text.length(); i++) {
      if (line.length() >= end) {
        line.append(CUT);
        return;
      }
      escape(line, text.charAt(i));
    }
  }

  private static void escape(StringBuilder line, char c) {
    if (c == '"' || c == '\\') {
      line.append('\\').append(c);
    } else if (c >= ' ' && c <= '~') {
      line.append(c);
    } else if (c <= 0xff) {
      line.append("\\x");
      hex(line, c, 4);
    } else {
      line.append("\\u");
      hex(line, c, 12);
    }
  }

  private static void hex(StringBuilder line, char c, int highestBit) {
    for (int shift = highestBit; shift >= 0; shift -= 4) {
      line.append(Character.forDigit((c >> shift) & 0xf, 16));
    }
  }
}
