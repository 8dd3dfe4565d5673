package dev.proxyless.mesh.route;

import dev.proxyless.mesh.model.HeaderMatcher;
import dev.proxyless.mesh.model.RetryPolicy;
import java.util.ArrayList;
import java.util.List;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/** A retry policy with its header conditions compiled. Immutable. */
public final class RetryRules {

  private final RetryPolicy policy;
  private final List<HeaderCondition> requestConditions;
  private final List<HeaderCondition> responseConditions;

  private RetryRules(
      RetryPolicy policy,
      List<HeaderCondition> requestConditions,
      List<HeaderCondition> responseConditions) {
    this.policy = policy;
    this.requestConditions = requestConditions;
    this.responseConditions = responseConditions;
  }

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

  public RetryPolicy policy() {
    return policy;
  }

  /** Whether requests such as this one are retried at all ({@code retriable_request_headers}). */
  public boolean appliesTo(RequestHead head) {
    if (requestConditions.isEmpty()) {
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

  /** Whether a response asks for a retry by its headers ({@code retriable_headers}). */
  public boolean matchesResponse(UnaryOperator<@Nullable String> header) {
    for (HeaderCondition condition : responseConditions) {
      if (condition.testValue(header.apply(condition.name()))) {
        return true;
      }
    }
    return false;
  }
}
