package dev.proxyless.mesh.xds;

import dev.proxyless.mesh.model.RetryOn;
import dev.proxyless.mesh.model.RetryPolicy;
import dev.proxyless.mesh.proto.Findings;
import dev.proxyless.mesh.proto.Message;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** Decodes retry policies. */
final class RetryPolicyDecoder {

  private static final String PREVIOUS_HOSTS = "envoy.retry_host_predicates.previous_hosts";

  private final Findings findings;

  RetryPolicyDecoder(Findings findings) {
    this.findings = findings;
  }

  RetryPolicy retryPolicy(Message message) {
    Duration base = RetryPolicy.DEFAULT_BASE_INTERVAL;
    Duration max = base.multipliedBy(10);
    Optional<Message> backOff = message.message("retry_back_off");
    if (backOff.isPresent()) {
      base =
          backOff
              .get()
              .duration("base_interval")
              .filter(interval -> !interval.isZero())
              .orElseThrow(() -> backOff.get().invalid("base_interval", "must be more than 0"));
      max = backOff.get().duration("max_interval").orElse(base.multipliedBy(10));
      if (max.compareTo(base) < 0) {
        throw backOff.get().invalid("max_interval", "is " + max + ", less than base_interval");
      }
    }
    return new RetryPolicy(
        retryOn(message),
        (int) Math.min(message.number("num_retries", 1), Integer.MAX_VALUE),
        message.duration("per_try_timeout"),
        statusCodes(message),
        Matchers.headers(message, "retriable_headers"),
        Matchers.headers(message, "retriable_request_headers"),
        base,
        max,
        previousHosts(message),
        message.integer("host_selection_retry_max_attempts", 0, Integer.MAX_VALUE, 1));
  }

  private List<Integer> statusCodes(Message message) {
    List<Integer> codes = new ArrayList<>();
    for (long code : message.numbers("retriable_status_codes")) {
      if (code < 100 || code > 599) {
        findings.report(
            message.path("retriable_status_codes"), code + " is no status; it never comes");
      } else {
        codes.add((int) code);
      }
    }
    return List.copyOf(codes);
  }

  private Set<RetryOn> retryOn(Message message) {
    Set<RetryOn> conditions = EnumSet.noneOf(RetryOn.class);
    for (String token : message.string("retry_on").split(",")) {
      String word = token.strip();
      RetryOn.of(word)
          .ifPresentOrElse(
              conditions::add,
              () -> {
                if (!word.isEmpty()) {
                  findings.report(
                      message.path("retry_on"),
                      "the condition \"" + word + "\" is unknown; it never holds");
                }
              });
    }
    return conditions;
  }

  private boolean previousHosts(Message message) {
    boolean found = false;
    for (Message predicate : message.messages("retry_host_predicate")) {
      if (predicate.requiredString("name").equals(PREVIOUS_HOSTS)) {
        found = true;
      } else {
        findings.report(
            predicate.path("name"),
            "\"" + predicate.string("name") + "\" is not supported; it rejects no host");
      }
    }
    return found;
  }
}
