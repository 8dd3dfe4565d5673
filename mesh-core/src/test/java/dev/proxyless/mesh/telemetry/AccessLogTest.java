package dev.proxyless.mesh.telemetry;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Instant;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class AccessLogTest {

  /** Around the request line and five texts. */
  private static final int QUOTES = 12;

  static final AccessLog.Entry EXAMPLE =
      new AccessLog.Entry(
          Instant.parse("2026-11-21T10:11:12.345678Z"),
          "POST",
          "/orders?page=2",
          "HTTP/1.1",
          503,
          ResponseFlags.of(ResponseFlag.UF).with(ResponseFlag.URX),
          12,
          345,
          67,
          "65",
          "10.0.0.1",
          "okhttp/5.5.1",
          "4f9a3c6e-8d40-4a83-9c8e-2e2a5d9b1c11",
          "serviceb.apps.local:8000");

  @Test
  void aLineHasEnvoysDefaultFormat() {
    assertEquals(
        "[2026-11-21T10:11:12.345Z] \"POST /orders?page=2 HTTP/1.1\" 503 UF,URX 12 345 67 65"
            + " \"10.0.0.1\" \"okhttp/5.5.1\" \"4f9a3c6e-8d40-4a83-9c8e-2e2a5d9b1c11\""
            + " \"serviceb.apps.local:8000\" \"-\"",
        AccessLog.line(EXAMPLE));
  }

  @Test
  void whatIsMissingIsADash() {
    assertEquals(
        "[2026-11-21T00:00:00.000Z] \"GET / HTTP/2\" 200 - 0 0 0 - \"-\" \"-\" \"-\" \"-\" \"-\"",
        AccessLog.line(entry("/", "")));
  }

  @Test
  void aCallerCannotForgeALineOrAField() {
    String line =
        AccessLog.line(entry("/a\r\n[2026] \"GET /x\"", "x\" 200 - 0 0 \u001b[31m\\ \u2028\u0085"));

    assertTrue(line.contains("/a\\x0d\\x0a[2026] \\\"GET /x\\\" HTTP/2\""), line);
    assertTrue(line.contains("\"x\\\" 200 - 0 0 \\x1b[31m\\\\ \\u2028\\x85\""), line);
  }

  @Test
  void whateverACallerSendsTheLineIsOneLineOfPrintableAsciiBelowFourKibibytes() {
    long seed = new Random().nextLong();
    Random random = new Random(seed);
    for (int i = 0; i < 2_000; i++) {
      String path = "/" + text(random, 6_000);
      String line = AccessLog.line(entry(path, text(random, 6_000)));
      String said = "seed " + seed + ": " + line;
      assertTrue(line.length() < 4_096, said);
      assertTrue(line.chars().allMatch(c -> c >= ' ' && c <= '~'), said);
      assertEquals(QUOTES, unescapedQuotes(line), said);
    }
  }

  private static int unescapedQuotes(String line) {
    int quotes = 0;
    for (int i = 0; i < line.length(); i++) {
      if (line.charAt(i) == '\\') {
        i++; // what it escapes
      } else if (line.charAt(i) == '"') {
        quotes++;
      }
    }
    return quotes;
  }

  private static String text(Random random, int maxLength) {
    StringBuilder text = new StringBuilder();
    int length = random.nextInt(4) == 0 ? random.nextInt(maxLength) : random.nextInt(20);
    for (int i = 0; i < length; i++) {
      text.append(
          switch (random.nextInt(4)) {
            case 0 -> (char) random.nextInt(0x100);
            case 1 -> (char) random.nextInt(0x10000);
            case 2 -> "\"\\\r\n []".charAt(random.nextInt(7));
            default -> (char) (' ' + random.nextInt(95));
          });
    }
    return text.toString();
  }

  @ParameterizedTest(name = "{0}")
  @CsvSource({
    "/a?access_token=SECRET,/a?access_token=REDACTED",
    "/a?x=1&Token=SECRET&y=2,/a?x=1&Token=REDACTED&y=2",
    "/a?token=SECRET/SECRET;SECRET?SECRET,/a?token=REDACTED",
    "/a?X-Amz-Signature=SECRET&X-Amz-Date=1,/a?X-Amz-Signature=REDACTED&X-Amz-Date=1",
    "/a?X-Amz-Credential=SECRET,/a?X-Amz-Credential=REDACTED",
    "/a?X-Amz-Security-Token=SECRET,/a?X-Amz-Security-Token=REDACTED",
    "/a?AWSAccessKeyId=SECRET&Signature=SECRET,/a?AWSAccessKeyId=REDACTED&Signature=REDACTED",
    "/a?X-Goog-Signature=SECRET,/a?X-Goog-Signature=REDACTED",
    "/a?sig=SECRET,/a?sig=REDACTED",
    "/a?api_key=SECRET&api-key=SECRET,/a?api_key=REDACTED&api-key=REDACTED",
    "/a?client_secret=SECRET,/a?client_secret=REDACTED",
    "/a?password=SECRET&passwd=SECRET,/a?password=REDACTED&passwd=REDACTED",
    "/cb?code=SECRET&state=1,/cb?code=REDACTED&state=1",
    "/a?%74oken=SECRET,/a?%74oken=REDACTED",
    "/a;jsessionid=SECRET/b;x=1?y=2,/a;jsessionid=REDACTED/b;x=1?y=2",
    "/a;JSESSIONID=SECRET?y=2,/a;JSESSIONID=REDACTED?y=2",
    "/a?author=b&page=3&empty=,/a?author=b&page=3&empty=",
    "/a?&&=&x,/a?&&=&x",
  })
  void credentialsInAPathAreLeftOut(String path, String logged) {
    String line = AccessLog.line(entry(path, ""));

    assertTrue(line.contains("\"GET " + logged + " HTTP/2\""), line);
    assertFalse(line.contains("SECRET"), line);
  }

  private static AccessLog.Entry entry(String path, String userAgent) {
    return new AccessLog.Entry(
        Instant.parse("2026-11-21T00:00:00Z"),
        "GET",
        path,
        "HTTP/2",
        200,
        ResponseFlags.NONE,
        0,
        0,
        0,
        "",
        "",
        userAgent,
        "",
        "");
  }
}
