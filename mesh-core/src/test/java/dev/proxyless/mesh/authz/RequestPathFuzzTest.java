package dev.proxyless.mesh.authz;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.code_intelligence.jazzer.junit.FuzzTest;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.stream.Stream;
import org.junit.jupiter.params.provider.MethodSource;

/** A path that is not told as ambiguous means the same to a reader that decodes and normalises. */
final class RequestPathFuzzTest {

  static Stream<byte[]> seeds() {
    return Stream.of(
            "/",
            "/admin",
            "/a/../b",
            "/a/%2e%2E/b",
            "/a/.%2e",
            "/a%2fb",
            "/a%5Cb",
            "/a;x=1/b",
            "/a//b",
            "/a/./",
            "/%00",
            "/%252e%252e/",
            "/a%",
            "/a...b/..c",
            "*")
        .map(text -> text.getBytes(StandardCharsets.UTF_8));
  }

  @MethodSource("seeds")
  @FuzzTest(maxDuration = "20s")
  void aPathThatIsNotAmbiguousStaysItself(byte[] data) {
    String raw = new String(data, StandardCharsets.ISO_8859_1);
    String decoded = decode(raw);
    boolean sendable = raw.startsWith("/") && raw.chars().allMatch(c -> c > ' ' && c != 0x7f);
    if (!sendable || RequestPath.isAmbiguous(raw, decoded)) {
      return;
    }
    assertEquals(normalise(decoded), decoded, raw);
    assertEquals(count(raw, '/'), count(decoded, '/'), raw);
    assertTrue(decoded.indexOf('\\') < 0 && decoded.indexOf(0) < 0, raw);
    assertTrue(raw.indexOf(';') < 0, raw);
  }

  /** Percent-escapes to characters; what is no escape stays. */
  private static String decode(String raw) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    for (int i = 0; i < raw.length(); i++) {
      char c = raw.charAt(i);
      int high = i + 2 < raw.length() ? Character.digit(raw.charAt(i + 1), 16) : -1;
      int low = i + 2 < raw.length() ? Character.digit(raw.charAt(i + 2), 16) : -1;
      if (c == '%' && high >= 0 && low >= 0) {
        bytes.write(high << 4 | low);
        i += 2;
      } else {
        bytes.write(c);
      }
    }
    return bytes.toString(StandardCharsets.ISO_8859_1);
  }

  /** RFC 3986 5.2.4 on segments, and one slash where several stand. */
  private static String normalise(String path) {
    Deque<String> kept = new ArrayDeque<>();
    String[] segments = path.split("/", -1);
    for (int i = 1; i < segments.length; i++) {
      boolean last = i == segments.length - 1;
      switch (segments[i]) {
        case "" -> {
          if (last) {
            kept.add("");
          }
        }
        case "." -> {
          if (last) {
            kept.add("");
          }
        }
        case ".." -> {
          kept.pollLast();
          if (last) {
            kept.add("");
          }
        }
        default -> kept.add(segments[i]);
      }
    }
    return "/" + String.join("/", kept);
  }

  private static long count(String text, char wanted) {
    return text.chars().filter(c -> c == wanted).count();
  }
}
