package dev.proxyless.mesh.call;

import dev.proxyless.mesh.Internal;
import dev.proxyless.mesh.telemetry.CallInfo;
import dev.proxyless.mesh.telemetry.ResponseFlags;
import dev.proxyless.mesh.time.MeshTime;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.UUID;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * What a request that this process serves says to the calls that are made while it is served: its
 * id, its deadline and the headers that go on.
 *
 * <p>A peer is <em>external</em> where this process faces the outside and the peer showed no
 * certificate. Nothing is taken over from it: the id is made anew, and neither deadline nor trace
 * is read.
 *
 * @param requestId {@code x-request-id}: the peer's where it is usable, else made here
 * @param deadlineNanos on the mesh's monotonic clock; {@link CallContext#NO_DEADLINE} for none
 * @param retry whether the request is a retry, or was made for one
 * @param handedOn headers for the calls: the id, and the trace where nobody makes spans
 */
@Internal
public record Inbound(String requestId, long deadlineNanos, boolean retry, List<Header> handedOn) {

  /** Envoy's name for the id that a request keeps on its way through the mesh. */
  public static final String REQUEST_ID = "x-request-id";

  /** What names a caller in the place of its certificate. Nobody may say it of himself. */
  public static final String CLIENT_CERTIFICATE = "x-forwarded-client-cert";

  /** Carries a trace in the forms of W3C, AWS X-Ray, Zipkin (B3), Lightstep and Google. */
  public static final List<String> TRACE_HEADERS =
      List.of(
          "traceparent",
          "tracestate",
          "baggage",
          "x-amzn-trace-id",
          "b3",
          "x-b3-traceid",
          "x-b3-spanid",
          "x-b3-parentspanid",
          "x-b3-sampled",
          "x-b3-flags",
          "x-ot-span-context",
          "x-cloud-trace-context");

  private static final int MAX_ID_CHARS = 128;
  private static final int MAX_VALUE_CHARS = 8_192;

  /**
   * Reads a request's head.
   *
   * @param headers the lines of a header by its lower-case name, in their order
   * @param external whether the peer is external
   * @param spans whether spans are made for this request; if so they carry the trace, not headers
   */
  public static Inbound read(
      Function<String, List<String>> headers, boolean external, boolean spans, MeshTime time) {
    String id = external ? "" : id(headers.apply(REQUEST_ID));
    if (id.isEmpty()) {
      id = newId(time);
    }
    List<Header> handedOn = new ArrayList<>();
    handedOn.add(new Header(REQUEST_ID, id));
    if (external) {
      return new Inbound(id, CallContext.NO_DEADLINE, false, List.copyOf(handedOn));
    }
    if (!spans) {
      for (String name : TRACE_HEADERS) {
        for (String value : headers.apply(name)) {
          if (isSendable(value, MAX_VALUE_CHARS)) {
            handedOn.add(new Header(name, value));
          }
        }
      }
    }
    long timeout = Timeouts.inbound(headers);
    long deadline = timeout == Timeouts.NONE ? CallContext.NO_DEADLINE : time.nanoTime() + timeout;
    boolean retry = isRetry(headers);
    if (retry) {
      handedOn.add(new Header(ServedRetries.RETRY, "true"));
    }
    return new Inbound(id, deadline, retry, List.copyOf(handedOn));
  }

  /** By the word of another mesh, of Envoy or of gRPC. */
  private static boolean isRetry(Function<String, List<String>> headers) {
    return !headers.apply(ServedRetries.RETRY).isEmpty()
        || above(headers.apply(EnvoyHeaders.ATTEMPT_COUNT), 1)
        || above(headers.apply("grpc-previous-rpc-attempts"), 0);
  }

  private static boolean above(List<String> lines, int least) {
    if (lines.isEmpty() || lines.get(0).length() > 9 || lines.get(0).isEmpty()) {
      return false;
    }
    String digits = lines.get(0);
    return digits.chars().allMatch(c -> c >= '0' && c <= '9') && Integer.parseInt(digits) > least;
  }

  /**
   * Whether the application must not see a header: nobody may name himself by {@code
   * x-forwarded-client-cert}, and from an external peer nothing that steers a mesh is taken.
   *
   * @param name in any case
   */
  public static boolean isHidden(String name, boolean external) {
    String lower = name.toLowerCase(Locale.ROOT);
    return lower.equals(CLIENT_CERTIFICATE)
        || (external
            && (lower.startsWith("x-envoy-")
                || lower.equals(ServedRetries.RETRY)
                || TRACE_HEADERS.contains(lower)));
  }

  /**
   * A refusal of a request, in the form that it calls for: to gRPC, a status of its own.
   *
   * @param contentType of the request
   * @param details Envoy's response code details
   */
  public static LocalReply refuse(
      @Nullable String contentType, int status, String body, String details) {
    CallInfo info = new CallInfo("", "", "", "", 0, ResponseFlags.NONE, details, "");
    return LocalReplies.text(contentType, status, body, List.of(), info);
  }

  /** The first line counts, as in Envoy. */
  private static String id(List<String> lines) {
    return !lines.isEmpty() && isSendable(lines.get(0), MAX_ID_CHARS) ? lines.get(0) : "";
  }

  /** A version 4 UUID, of the mesh's own random numbers. */
  private static String newId(MeshTime time) {
    long high = (time.random() & ~0xf000L) | 0x4000L;
    long low = (time.random() & ~(3L << 62)) | (1L << 63);
    return new UUID(high, low).toString();
  }

  /** Whether a value can stand in a header of another request: visible ASCII, blanks inside. */
  private static boolean isSendable(String value, int maxChars) {
    if (value.isEmpty() || value.length() > maxChars) {
      return false;
    }
    for (int i = 0; i < value.length(); i++) {
      char c = value.charAt(i);
      if (c < ' ' || c > '~') {
        return false;
      }
    }
    return true;
  }
}
