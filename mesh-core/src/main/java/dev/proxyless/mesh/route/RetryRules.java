package dev.proxyless.mesh.route;

import dev.proxyless.mesh.model.HeaderMatcher;
import dev.proxyless.mesh.model.RetryOn;
import dev.proxyless.mesh.model.RetryPolicy;
import dev.proxyless.mesh.model.ValueMatch;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** A retry policy with its header conditions compiled. Immutable. */
public final class RetryRules {

  private final RetryPolicy policy;
  private final List<HeaderCondition> requestConditions;
  private final List<HeaderCondition> responseConditions;
  private final boolean grpc;

  private RetryRules(
      RetryPolicy policy,
      List<HeaderCondition> requestConditions,
      List<HeaderCondition> responseConditions) {
    this.policy = policy;
    this.requestConditions = requestConditions;
    this.responseConditions = responseConditions;
    grpc = policy.retryOn().stream().anyMatch(each -> each.grpcStatus() >= 0);
  }

  /** What a request's headers are merged into where the route says nothing. */
  private static final RetryRules NONE = new RetryRules(RetryPolicy.NONE, List.of(), List.of());

  /** Compiles a policy; {@code path} is where it stands in its route configuration. */
  public static RetryRules compile(RetryPolicy policy, String path) {
    return new RetryRules(
        policy,
        conditions(policy.retriableRequestHeaders(), path + ".retriable_request_headers"),
        conditions(policy.retriableHeaders(), path + ".retriable_headers"));
  }

  private static List<HeaderCondition> conditions(List<HeaderMatcher> matchers, String path) {
    List<HeaderCondition> conditions = new ArrayList<>();
    for (HeaderMatcher matcher : matchers) {
      conditions.add(HeaderCondition.compile(matcher, path + "[" + conditions.size() + "]"));
    }
    return conditions;
  }

  /**
   * The rules with what a request's own headers ask for: {@code x-envoy-retry-on}, {@code
   * x-envoy-retry-grpc-on}, {@code x-envoy-max-retries}, {@code x-envoy-retriable-status-codes} and
   * {@code x-envoy-retriable-header-names}. Source: Envoy's {@code RetryStateImpl}.
   *
   * @param configured the route's rules
   * @param header the first value of a header by its name, or null
   * @return empty where nobody asks for retries
   */
  public static Optional<RetryRules> effective(
      Optional<RetryRules> configured, UnaryOperator<@Nullable String> header) {
    String retryOn = header.apply("x-envoy-retry-on");
    String grpcRetryOn = header.apply("x-envoy-retry-grpc-on");
    if (configured.isEmpty() && retryOn == null && grpcRetryOn == null) {
      return configured;
    }
    RetryRules base = configured.orElse(NONE);
    Set<RetryOn> conditions = EnumSet.noneOf(RetryOn.class);
    conditions.addAll(base.policy.retryOn());
    tokens(retryOn)
        .flatMap(token -> RetryOn.of(token).stream())
        .filter(each -> each.grpcStatus() < 0)
        .forEach(conditions::add);
    tokens(grpcRetryOn)
        .flatMap(token -> RetryOn.of(token).stream())
        .filter(each -> each.grpcStatus() >= 0)
        .forEach(conditions::add);
    int retries =
        conditions.isEmpty()
            ? base.policy.numRetries()
            : retries(header.apply("x-envoy-max-retries"), base.policy.numRetries());
    List<Integer> statuses = new ArrayList<>(base.policy.retriableStatusCodes());
    tokens(header.apply("x-envoy-retriable-status-codes"))
        .map(token -> count(token, -1))
        .filter(status -> status >= 0)
        .forEach(statuses::add);
    List<HeaderCondition> response = new ArrayList<>(base.responseConditions);
    tokens(header.apply("x-envoy-retriable-header-names"))
        .map(name -> new HeaderMatcher(name, new ValueMatch.Present(true), false, false))
        .map(matcher -> HeaderCondition.compile(matcher, ""))
        .forEach(response::add);
    return Optional.of(
        new RetryRules(
            base.policy.with(conditions, retries, statuses), base.requestConditions, response));
  }

  private static Stream<String> tokens(@Nullable String list) {
    return list == null
        ? Stream.empty()
        : Arrays.stream(list.split(",")).map(String::strip).filter(token -> !token.isEmpty());
  }

  /** Envoy reads 64 bits and keeps 32. */
  private static int retries(@Nullable String text, int otherwise) {
    if (text == null) {
      return otherwise;
    }
    try {
      long kept = Long.parseUnsignedLong(text.strip()) & 0xffff_ffffL;
      return (int) Math.min(kept, Integer.MAX_VALUE);
    } catch (NumberFormatException notOne) {
      return otherwise;
    }
  }

  /** A number that is not negative and fits, or another. */
  private static int count(@Nullable String text, int otherwise) {
    if (text == null) {
      return otherwise;
    }
    try {
      int count = Integer.parseInt(text.strip());
      return count < 0 ? otherwise : count;
    } catch (NumberFormatException notOne) {
      return otherwise;
    }
  }

  public RetryPolicy policy() {
    return policy;
  }

  /** Whether every request is retried, whatever its head. */
  public boolean takesAll() {
    return requestConditions.isEmpty();
  }

  /** Whether requests such as this one are retried at all ({@code retriable_request_headers}). */
  public boolean appliesTo(RequestHead head) {
    if (takesAll()) {
      return true;
    }
    RequestView view = new RequestView(head, StreamInfo.of(0));
    for (HeaderCondition condition : requestConditions) {
      if (condition.test(view)) {
        return true;
      }
    }
    return false;
  }

  /** Whether any condition is a gRPC status. */
  public boolean asksForGrpcStatus() {
    return grpc;
  }

  /** Whether a response asks for a retry by its headers ({@code retriable_headers}). */
  public boolean matchesResponse(int status, ResponseHeaders headers) {
    for (HeaderCondition condition : responseConditions) {
      List<String> lines =
          condition.name().equals(":status")
              ? List.of(Integer.toString(status))
              : headers.all(condition.name());
      if (condition.testLines(lines)) {
        return true;
      }
    }
    return false;
  }
}
