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
 * The fault filter, compiled: which requests it delays or aborts, and whose responses it slows
 * down. Source: Envoy's {@code FaultFilter}. Safe for use by several threads.
 */
public final class FaultFilter {

  private static final String THROUGHPUT = "x-envoy-fault-throughput-response";
  private static final String THROUGHPUT_PERCENTAGE =
      "x-envoy-fault-throughput-response-percentage";
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
   * @param responseKibPerSecond how fast the response may come; zero is no bound
   * @param delay zero is none
   * @param httpStatus to answer with
   * @param grpcStatus to answer with
   */
  public record Fault(
      long responseKibPerSecond, Duration delay, OptionalInt httpStatus, OptionalInt grpcStatus) {

    private boolean isNone() {
      return responseKibPerSecond == 0 && delay.isZero() && !aborts();
    }

    private Fault abortedWith(OptionalInt http, OptionalInt grpc) {
      return new Fault(responseKibPerSecond, delay, http, grpc);
    }

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
    long throughput = throughput(head, random);
    Duration delay = delay(head, random);
    OptionalInt none = OptionalInt.empty();
    Fault fault = abort(head, random, new Fault(throughput, delay, none, none));
    return fault.isNone() || !begin() ? Optional.empty() : Optional.of(fault);
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

  private long throughput(RequestHead head, LongSupplier random) {
    HttpFault.RateLimit limit = config.responseRateLimit().orElse(null);
    if (limit == null) {
      return 0;
    }
    boolean fixed = limit.kibPerSecond().isPresent();
    long kib = fixed ? limit.kibPerSecond().getAsLong() : number(head.header(THROUGHPUT), 0);
    long asked = fixed ? limit.percentage().numerator() : asked(head, THROUGHPUT_PERCENTAGE);
    return kib > 0 && isDrawn(limit.percentage(), asked, random) ? kib : 0;
  }

  private Duration delay(RequestHead head, LongSupplier random) {
    HttpFault.Delay delay = config.delay().orElse(null);
    if (delay == null) {
      return Duration.ZERO;
    }
    if (delay.fixed().isPresent()) {
      return isDrawn(delay.percentage(), delay.percentage().numerator(), random)
          ? delay.fixed().get()
          : Duration.ZERO;
    }
    long millis = number(head.header(DELAY), 0);
    return millis > 0 && isDrawn(delay.percentage(), asked(head, DELAY_PERCENTAGE), random)
        ? Duration.ofMillis(millis)
        : Duration.ZERO;
  }

  /** What headers say holds only where the configuration leaves it to them. */
  private Fault abort(RequestHead head, LongSupplier random, Fault without) {
    HttpFault.Abort abort = config.abort().orElse(null);
    if (abort == null) {
      return without;
    }
    if (abort.httpStatus().isPresent() || abort.grpcStatus().isPresent()) {
      return isDrawn(abort.percentage(), abort.percentage().numerator(), random)
          ? without.abortedWith(abort.httpStatus(), abort.grpcStatus())
          : without;
    }
    if (!isDrawn(abort.percentage(), asked(head, ABORT_PERCENTAGE), random)) {
      return without;
    }
    long http = number(head.header(ABORT), 0);
    if (http >= 200 && http < 600) {
      return without.abortedWith(OptionalInt.of((int) http), OptionalInt.empty());
    }
    long grpc = number(head.header(ABORT_GRPC), -1);
    return grpc < 0
        ? without
        : without.abortedWith(OptionalInt.empty(), OptionalInt.of((int) grpc));
  }

  /** The share that a header asks for, in the configuration's units; all where it does not. */
  private static long asked(RequestHead head, String header) {
    return number(head.header(header), Integer.MAX_VALUE);
  }

  /** A header can make the share of requests smaller, never larger. */
  private static boolean isDrawn(FractionalPercent percentage, long asked, LongSupplier random) {
    long share = Math.min(asked, percentage.numerator());
    return share > 0
        && Long.remainderUnsigned(random.getAsLong(), percentage.denominator()) < share;
  }

  /** A number that is not negative, as far as it fits; another where the text is none. */
  private static long number(@Nullable String text, int otherwise) {
    try {
      long number = text == null ? otherwise : Long.parseUnsignedLong(text);
      return text != null && number < 0 ? Integer.MAX_VALUE : Math.min(number, Integer.MAX_VALUE);
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
