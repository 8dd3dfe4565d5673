package dev.proxyless.mesh.route;

import dev.proxyless.mesh.model.FractionalPercent;
import dev.proxyless.mesh.model.HttpFault;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * The fault filter, compiled: which requests it delays or aborts. Source: Envoy's {@code
 * FaultFilter}. Safe for use by several threads.
 */
public final class FaultFilter {

  private static final String NODE = "x-envoy-downstream-service-node";
  private static final String DELAY = "x-envoy-fault-delay-request";
  private static final String DELAY_PERCENTAGE = "x-envoy-fault-delay-request-percentage";
  private static final String ABORT = "x-envoy-fault-abort-request";
  private static final String ABORT_GRPC = "x-envoy-fault-abort-grpc-request";
  private static final String ABORT_PERCENTAGE = "x-envoy-fault-abort-request-percentage";

  private final HttpFault config;
  private final List<HeaderCondition> headers;
  private final AtomicLong active = new AtomicLong();

  private FaultFilter(HttpFault config, List<HeaderCondition> headers) {
    this.config = config;
    this.headers = headers;
  }

  /**
   * Compiles settings.
   *
   * @param path where they stand
   * @throws InvalidRouteException if a regular expression cannot be used
   */
  public static FaultFilter compile(HttpFault config, String path) {
    List<HeaderCondition> headers = new ArrayList<>();
    config
        .headers()
        .forEach(
            matcher ->
                headers.add(
                    HeaderCondition.compile(
                        matcher,
                        (path.isEmpty() ? "" : path + ".") + "headers[" + headers.size() + "]")));
    return new FaultFilter(config, List.copyOf(headers));
  }

  /**
   * What is done to a request. Whoever gets one gives it back by {@link #release} when the request
   * has ended.
   *
   * @param delay zero is none
   * @param httpStatus to answer with
   * @param grpcStatus to answer with
   */
  public record Fault(Duration delay, OptionalInt httpStatus, OptionalInt grpcStatus) {
    /** Whether the request is answered in place of being sent. */
    public boolean aborts() {
      return httpStatus.isPresent() || grpcStatus.isPresent();
    }
  }

  /**
   * Decides about a request; empty where nothing is done to it.
   *
   * @param cluster that its route chose; empty where none did
   */
  public Optional<Fault> decide(RequestHead head, String cluster, LongSupplier random) {
    if (!concerns(head, cluster)) {
      return Optional.empty();
    }
    Duration delay = delay(head, random);
    Optional<HttpFault.Abort> abort =
        config.abort().filter(each -> chosen(each.percentage(), head, ABORT_PERCENTAGE, random));
    OptionalInt http = abort.map(each -> httpStatus(each, head)).orElse(OptionalInt.empty());
    OptionalInt grpc = abort.map(each -> grpcStatus(each, head)).orElse(OptionalInt.empty());
    Fault fault = new Fault(delay, http, grpc);
    return (delay.isZero() && !fault.aborts()) || !begin() ? Optional.empty() : Optional.of(fault);
  }

  private boolean concerns(RequestHead head, String cluster) {
    if (!config.upstreamCluster().isEmpty() && !config.upstreamCluster().equals(cluster)) {
      return false;
    }
    if (!config.downstreamNodes().isEmpty()
        && !config.downstreamNodes().contains(String.valueOf(head.header(NODE)))) {
      return false;
    }
    if (!headers.isEmpty()) {
      RequestView view = new RequestView(head, StreamInfo.of(0));
      for (HeaderCondition condition : headers) {
        if (!condition.test(view)) {
          return false;
        }
      }
    }
    return true;
  }

  private Duration delay(RequestHead head, LongSupplier random) {
    if (config.delay().isEmpty()
        || !chosen(config.delay().get().percentage(), head, DELAY_PERCENTAGE, random)) {
      return Duration.ZERO;
    }
    return config
        .delay()
        .get()
        .fixed()
        .orElseGet(() -> Duration.ofMillis(Math.max(0, number(head.header(DELAY), 0))));
  }

  /** A header can make the share of requests smaller, never larger. */
  private static boolean chosen(
      FractionalPercent percentage, RequestHead head, String header, LongSupplier random) {
    int numerator =
        number(head.header(header), (int) Math.min(percentage.numerator(), Integer.MAX_VALUE));
    long share = Math.min(numerator, percentage.numerator());
    return share > 0
        && Long.remainderUnsigned(random.getAsLong(), percentage.denominator()) < share;
  }

  private static OptionalInt httpStatus(HttpFault.Abort abort, RequestHead head) {
    if (abort.httpStatus().isPresent() || abort.grpcStatus().isPresent()) {
      return abort.httpStatus();
    }
    int status = number(head.header(ABORT), 0);
    return status >= 200 && status < 600 ? OptionalInt.of(status) : OptionalInt.empty();
  }

  private static OptionalInt grpcStatus(HttpFault.Abort abort, RequestHead head) {
    if (abort.httpStatus().isPresent() || abort.grpcStatus().isPresent()) {
      return abort.grpcStatus();
    }
    int status = number(head.header(ABORT_GRPC), -1);
    return status >= 0 ? OptionalInt.of(status) : OptionalInt.empty();
  }

  private static int number(@Nullable String text, int otherwise) {
    try {
      return text == null ? otherwise : Integer.parseUnsignedInt(text);
    } catch (NumberFormatException notOne) {
      return otherwise;
    }
  }

  private boolean begin() {
    long max = config.maxActiveFaults().orElse(Long.MAX_VALUE);
    if (active.incrementAndGet() > max) {
      active.decrementAndGet();
      return false;
    }
    return true;
  }

  /** A request with a fault has ended. */
  public void release() {
    active.decrementAndGet();
  }
}
