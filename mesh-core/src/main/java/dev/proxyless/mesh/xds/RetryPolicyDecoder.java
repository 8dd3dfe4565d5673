package dev.proxyless.mesh.xds;

import dev.proxyless.mesh.model.Metadata;
import dev.proxyless.mesh.model.RetryOn;
import dev.proxyless.mesh.model.RetryPolicy;
import dev.proxyless.mesh.model.RetryPolicy.BackOff;
import dev.proxyless.mesh.model.RetryPolicy.HostSelection;
import dev.proxyless.mesh.model.RetryPolicy.RateLimitedBackOff;
import dev.proxyless.mesh.model.RetryPolicy.ResetHeader;
import dev.proxyless.mesh.proto.AnyMessage;
import dev.proxyless.mesh.proto.Findings;
import dev.proxyless.mesh.proto.Message;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;

/** Decodes retry policies. */
final class RetryPolicyDecoder {

  private static final String PREVIOUS_HOSTS =
      "envoy.extensions.retry.host.previous_hosts.v3.PreviousHostsPredicate";
  private static final String OMIT_CANARY =
      "envoy.extensions.retry.host.omit_canary_hosts.v3.OmitCanaryHostsPredicate";
  private static final String OMIT_METADATA =
      "envoy.extensions.retry.host.omit_host_metadata.v3.OmitHostMetadataConfig";
  private static final String PREVIOUS_PRIORITIES =
      "envoy.extensions.retry.priority.previous_priorities.v3.PreviousPrioritiesConfig";

  private final Findings findings;

  RetryPolicyDecoder(Findings findings) {
    this.findings = findings;
  }

  RetryPolicy retryPolicy(Message message) {
    return new RetryPolicy(
        retryOn(message),
        (int) Math.min(message.number("num_retries", 1), Integer.MAX_VALUE),
        message.duration("per_try_timeout"),
        message.duration("per_try_idle_timeout"),
        statusCodes(message),
        Matchers.headers(message, "retriable_headers"),
        Matchers.headers(message, "retriable_request_headers"),
        message.message("retry_back_off").map(RetryPolicyDecoder::backOff).orElse(BackOff.DEFAULT),
        message.message("rate_limited_retry_back_off").map(RetryPolicyDecoder::rateLimitedBackOff),
        hostSelection(message));
  }

  private static BackOff backOff(Message backOff) {
    Duration base = moreThanZero(backOff, "base_interval").orElseThrow(() -> zero(backOff));
    Duration max = moreThanZero(backOff, "max_interval").orElse(BackOff.from(base).maxInterval());
    if (max.compareTo(base) < 0) {
      throw backOff.invalid("max_interval", "is " + max + ", less than base_interval");
    }
    return new BackOff(base, max);
  }

  private static RuntimeException zero(Message backOff) {
    return backOff.invalid("base_interval", "must be more than 0");
  }

  /** Empty where it is not set. */
  private static Optional<Duration> moreThanZero(Message message, String field) {
    Optional<Duration> duration = message.duration(field);
    if (duration.isPresent() && duration.get().isZero()) {
      throw message.invalid(field, "must be more than 0");
    }
    return duration;
  }

  private static RateLimitedBackOff rateLimitedBackOff(Message backOff) {
    List<ResetHeader> headers = new ArrayList<>();
    for (Message header : backOff.messages("reset_headers")) {
      headers.add(
          new ResetHeader(
              Texts.requiredHeaderName(header, "name"),
              header.enumName("format").equals("UNIX_TIMESTAMP")));
    }
    if (headers.isEmpty()) {
      throw backOff.invalid("reset_headers", "is required: at least one header");
    }
    return new RateLimitedBackOff(
        List.copyOf(headers),
        moreThanZero(backOff, "max_interval").orElse(RateLimitedBackOff.DEFAULT_MAX_INTERVAL));
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

  /**
   * A predicate's type says what it is; its name does where it came without settings, as App Mesh
   * and old control planes send it.
   */
  private HostSelection hostSelection(Message message) {
    boolean previousHosts = false;
    boolean omitCanary = false;
    List<Metadata> omitted = new ArrayList<>();
    for (Message predicate : message.messages("retry_host_predicate")) {
      String name = predicate.requiredString("name");
      Optional<AnyMessage> config = predicate.any("typed_config");
      if (is(config, PREVIOUS_HOSTS, name, "envoy.retry_host_predicates.previous_hosts")) {
        previousHosts = true;
      } else if (is(config, OMIT_CANARY, name, "envoy.retry_host_predicates.omit_canary_hosts")) {
        omitCanary = true;
      } else if (config.isPresent() && config.get().is(OMIT_METADATA)) {
        omitted.add(Extensions.metadata(config.get().unpack(findings), "metadata_match"));
      } else {
        findings.report(
            predicate.path("name"), "\"" + name + "\" is not supported; it rejects no host");
      }
    }
    return new HostSelection(
        previousHosts,
        omitCanary,
        List.copyOf(omitted),
        message.integer("host_selection_retry_max_attempts", 0, Integer.MAX_VALUE, 1),
        previousPriorities(message));
  }

  private static boolean is(
      Optional<AnyMessage> config, String type, String name, String wantedName) {
    return config.map(each -> each.is(type)).orElse(name.equals(wantedName));
  }

  private OptionalInt previousPriorities(Message message) {
    Optional<Message> priority = message.message("retry_priority");
    if (priority.isEmpty()) {
      return OptionalInt.empty();
    }
    String name = priority.get().requiredString("name");
    Optional<AnyMessage> config = priority.get().any("typed_config");
    if (config.isEmpty() || !config.get().is(PREVIOUS_PRIORITIES)) {
      findings.report(
          priority.get().path("name"), "\"" + name + "\" is not supported; it changes no priority");
      return OptionalInt.empty();
    }
    Message settings = config.get().unpack(findings);
    int frequency = settings.integer("update_frequency", 1, Integer.MAX_VALUE, 0);
    if (frequency == 0) {
      throw settings.invalid("update_frequency", "is required; right would be 1 or more");
    }
    return OptionalInt.of(frequency);
  }
}
