package dev.proxyless.mesh.controlplane;

import dev.proxyless.mesh.telemetry.AttemptInfo;
import dev.proxyless.mesh.telemetry.CallInfo;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import okhttp3.Headers;

/**
 * What became of a call.
 *
 * @param status 0 where no response came
 * @param headers of the response
 * @param info where it went; what is not known is empty
 * @param attempts its tries
 * @param duration from its beginning to the end of its body
 * @param error why no response came, or why its body broke off; empty where all came
 */
record CallOutcome(
    int status,
    Headers headers,
    CallInfo info,
    List<AttemptInfo> attempts,
    Duration duration,
    String error) {

  private static final double NANOS_OF_MS = 1e6;
  private static final double DIGITS = 1e3;

  /** How the details of a call end that took too long; Envoy flags not all of them. */
  private static final String TIMEOUT = "_timeout";

  /** Whether a whole response came, from an endpoint or as the configuration says. */
  boolean isAnswered() {
    boolean failed = !info.flags().isEmpty() || info.details().endsWith(TIMEOUT);
    return error.isEmpty() && (!failed || info.details().equals(CallInfo.VIA_UPSTREAM));
  }

  /** Envoy's response flags with commas between; empty where there is none. */
  String flags() {
    return info.flags().isEmpty() ? "" : info.flags().toString();
  }

  /** As {@code docs/call-answer.schema.json} has it. */
  Map<String, Object> toMap(byte[] body) {
    Map<String, Object> map = new LinkedHashMap<>();
    map.put("status", status);
    map.put("headers", lines());
    try {
      map.put("body", StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(body)).toString());
    } catch (CharacterCodingException notText) {
      map.put("body_base64", Base64.getEncoder().encodeToString(body));
    }
    map.put("flags", flags());
    map.put("attempts", attempts.stream().map(CallOutcome::toMap).toList());
    map.put("ms", millis(duration));
    return map;
  }

  private static Map<String, Object> toMap(AttemptInfo attempt) {
    Map<String, Object> map = new LinkedHashMap<>();
    map.put("endpoint", attempt.endpoint());
    if (attempt.status() == 0) {
      map.put("reset", attempt.reset());
    } else {
      map.put("status", attempt.status());
    }
    map.put("ms", millis(attempt.duration()));
    return map;
  }

  private List<List<String>> lines() {
    return IntStream.range(0, headers.size())
        .mapToObj(i -> List.of(headers.name(i), headers.value(i)))
        .toList();
  }

  /** Milliseconds with three digits after the point. */
  static double millis(Duration duration) {
    return Math.round(duration.toNanos() / NANOS_OF_MS * DIGITS) / DIGITS;
  }
}
