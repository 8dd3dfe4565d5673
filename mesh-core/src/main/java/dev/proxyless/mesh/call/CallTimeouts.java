package dev.proxyless.mesh.call;

import dev.proxyless.mesh.model.HttpConnectionManager;
import dev.proxyless.mesh.model.RouteAction.MaxStreamDuration;
import dev.proxyless.mesh.model.RouteAction.RouteTimeouts;
import dev.proxyless.mesh.route.HeaderEdit;
import dev.proxyless.mesh.route.RetryRules;
import java.time.Duration;
import java.util.Optional;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * How long a call and its tries may take, by the words of its route, of the connection manager and
 * of the request's own headers. Source: Envoy's {@code FilterUtility::finalTimeout} and {@code
 * refreshDurationTimeout}.
 *
 * @param global of the whole call, retries included; zero is none
 * @param bounds the same and {@code max_stream_duration}, which ends the call at once where it is
 *     zero
 * @param perTryStream of each try, its response's body included; zero is none
 * @param perTry of each try; zero is none
 * @param perTryIdle of each try without a sign of life; zero is none
 * @param hedged whether a try that takes longer goes on beside the next one
 * @param timeoutStatus what the caller gets when the time is over: 504, or 204 where it asked for
 *     it
 * @param grpcTimeout what {@code grpc-timeout} becomes; empty where it stays as it is
 * @param tries what bounds each try
 * @param expectedEdit what tells the next hop of {@link #expected}; null where nothing does
 */
record CallTimeouts(
    Duration global,
    Bounds bounds,
    Duration perTryStream,
    Duration perTry,
    Duration perTryIdle,
    boolean hedged,
    int timeoutStatus,
    Optional<String> grpcTimeout,
    AttemptTimes tries,
    @Nullable HeaderEdit expectedEdit) {

  /** What gRPC's timeouts are at most, and with which units: milliseconds, seconds and so on. */
  private static final long MAX_GRPC_VALUE = 99_999_999;

  private static final Duration NONE = Duration.ZERO;

  private static final String GRPC_UNITS = "mSMH";
  private static final long[] GRPC_STEPS = {1_000, 60, 60};

  /** Where neither a request's headers nor gRPC come in. */
  static CallTimeouts of(
      RouteTimeouts route, HttpConnectionManager manager, Optional<RetryRules> rules) {
    return of(route, manager, rules, false, false, name -> null);
  }

  /**
   * The timeouts of one request.
   *
   * @param grpc whether it is of gRPC
   * @param hedged by the route's word
   * @param header the first value of a request header, or null
   */
  static CallTimeouts of(
      RouteTimeouts route,
      HttpConnectionManager manager,
      Optional<RetryRules> rules,
      boolean grpc,
      boolean hedged,
      UnaryOperator<@Nullable String> header) {
    boolean streamInstead = route.maxStreamDuration().isPresent();
    Bounds.Kind kind;
    Duration global;
    if (streamInstead) {
      kind = Bounds.Kind.NONE;
      global = Duration.ZERO;
    } else if (grpc && route.maxGrpcTimeout().isPresent()) {
      kind = Bounds.Kind.GRPC_TIMEOUT;
      global = grpcTimeout(route, header);
    } else {
      kind = route.timeout().isPresent() ? Bounds.Kind.TIMEOUT : Bounds.Kind.DEFAULT_TIMEOUT;
      global = route.timeout().orElse(RouteTimeouts.DEFAULT_TIMEOUT);
    }
    Optional<Duration> told = told(manager.router().respectExpectedRqTimeout(), header);
    if (told.isPresent()) {
      kind = Bounds.Kind.HEADER;
      global = told.get();
    }
    Duration perTry =
        millis(header.apply(EnvoyHeaders.PER_TRY_TIMEOUT))
            .or(() -> rules.flatMap(each -> each.policy().perTryTimeout()))
            .orElse(Duration.ZERO);
    if (!global.isZero() && perTry.compareTo(global) >= 0) {
      perTry = Duration.ZERO;
    }
    String hedge = header.apply(EnvoyHeaders.HEDGE);
    boolean hedges = "true".equals(hedge) || (hedged && !"false".equals(hedge));
    Optional<Duration> stream = stream(route, manager, header);
    Optional<String> grpcTimeout = Optional.empty();
    if (grpc && streamInstead) {
      grpcTimeout = stream.map(CallTimeouts::grpcText);
    } else if (grpc && route.maxGrpcTimeout().isPresent()) {
      Duration expected = expected(hedges, perTry, global);
      grpcTimeout = expected.isZero() ? Optional.empty() : Optional.of(grpcText(expected));
    }
    stream = stream.filter(duration -> duration.compareTo(Bounds.LONGEST) <= 0);
    Duration bounded = Bounds.bounded(global);
    Duration boundedTry = Bounds.bounded(perTry);
    Duration perTryIdle =
        Bounds.bounded(rules.flatMap(each -> each.policy().perTryIdleTimeout()).orElse(NONE));
    Duration idle =
        Bounds.bounded(
            route
                .idleTimeout()
                .or(manager::streamIdleTimeout)
                .orElse(HttpConnectionManager.DEFAULT_STREAM_IDLE_TIMEOUT));
    boolean idleByTry = !perTryIdle.isZero() && (idle.isZero() || perTryIdle.compareTo(idle) < 0);
    return new CallTimeouts(
        bounded,
        Bounds.of(kind, bounded, stream),
        NONE,
        boundedTry,
        perTryIdle,
        hedges,
        504,
        grpcTimeout,
        new AttemptTimes(
            hedges ? NONE : boundedTry,
            NONE,
            idleByTry ? perTryIdle : idle,
            idleByTry ? Failure.PER_TRY_IDLE_TIMEOUT : Failure.STREAM_IDLE_TIMEOUT,
            NONE),
        expectedEdit(expected(hedges, boundedTry, bounded)));
  }

  /**
   * The same with what a request says of its tries and of a timeout's answer, which is read once
   * the route has changed its headers.
   *
   * @param header the first value of a request header, or null
   */
  CallTimeouts readAfter(UnaryOperator<@Nullable String> header) {
    Duration stream =
        Bounds.bounded(millis(header.apply(EnvoyHeaders.STREAM_DURATION)).orElse(NONE));
    return new CallTimeouts(
        global,
        bounds,
        stream,
        perTry,
        perTryIdle,
        hedged,
        header.apply(EnvoyHeaders.TIMEOUT_ALT_RESPONSE) == null ? timeoutStatus : 204,
        grpcTimeout,
        tries.withStream(stream),
        expectedEdit);
  }

  /** Null for zero. */
  static @Nullable HeaderEdit expectedEdit(Duration expected) {
    return expected.isZero()
        ? null
        : HeaderEdit.set(EnvoyHeaders.EXPECTED_TIMEOUT, Routing.wholeMillis(expected));
  }

  /** What the next hop is told to expect; zero where nothing bounds it. */
  Duration expected() {
    return expected(hedged, perTry, global);
  }

  private static Duration expected(boolean hedged, Duration perTry, Duration global) {
    return hedged || perTry.isZero() ? global : perTry;
  }

  /** The offset does not take all; zero is no bound. */
  private static Duration grpcTimeout(RouteTimeouts route, UnaryOperator<@Nullable String> header) {
    Duration timeout = Timeouts.grpc(header.apply(EnvoyHeaders.GRPC_TIMEOUT)).orElse(Duration.ZERO);
    Duration offset = route.grpcTimeoutOffset().orElse(Duration.ZERO);
    if (offset.compareTo(timeout) < 0) {
      timeout = timeout.minus(offset);
    }
    Duration max = route.maxGrpcTimeout().orElse(Duration.ZERO);
    boolean capped = !max.isZero() && (timeout.isZero() || timeout.compareTo(max) > 0);
    return capped ? max : timeout;
  }

  private static Optional<Duration> told(
      boolean respectExpected, UnaryOperator<@Nullable String> header) {
    String expected = respectExpected ? header.apply(EnvoyHeaders.EXPECTED_TIMEOUT) : null;
    return millis(expected == null ? header.apply(EnvoyHeaders.TIMEOUT) : expected);
  }

  private static Optional<Duration> stream(
      RouteTimeouts route, HttpConnectionManager manager, UnaryOperator<@Nullable String> header) {
    Optional<Duration> grpcMax =
        route.maxStreamDuration().flatMap(MaxStreamDuration::grpcTimeoutHeaderMax);
    Optional<Duration> asked =
        grpcMax.isEmpty()
            ? Optional.empty()
            : Timeouts.grpc(header.apply(EnvoyHeaders.GRPC_TIMEOUT));
    if (grpcMax.isPresent() && asked.isPresent()) {
      Duration timeout = asked.get();
      if (!grpcMax.get().isZero() && timeout.compareTo(grpcMax.get()) > 0) {
        timeout = grpcMax.get();
      }
      Duration left =
          timeout.minus(
              route
                  .maxStreamDuration()
                  .flatMap(MaxStreamDuration::grpcTimeoutHeaderOffset)
                  .orElse(Duration.ZERO));
      return Optional.of(left.isNegative() ? Duration.ZERO : left);
    }
    return route
        .maxStreamDuration()
        .flatMap(MaxStreamDuration::duration)
        .or(manager::maxStreamDuration)
        .filter(duration -> !duration.isZero());
  }

  /** A number of milliseconds, of 63 bits; what cannot be read says nothing. */
  static Optional<Duration> millis(@Nullable String text) {
    if (text == null) {
      return Optional.empty();
    }
    try {
      long millis = Long.parseUnsignedLong(text.strip());
      return millis < 0 ? Optional.empty() : Optional.of(Duration.ofMillis(millis));
    } catch (NumberFormatException notOne) {
      return Optional.empty();
    }
  }

  /** A duration as {@code grpc-timeout} tells it, in at most eight digits. */
  static String grpcText(Duration duration) {
    long value = duration.toMillis();
    int unit = 0;
    while (value > MAX_GRPC_VALUE && unit < GRPC_STEPS.length) {
      value /= GRPC_STEPS[unit++];
    }
    return Math.min(value, MAX_GRPC_VALUE) + GRPC_UNITS.substring(unit, unit + 1);
  }
}
