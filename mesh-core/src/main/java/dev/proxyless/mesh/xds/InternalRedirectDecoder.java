package dev.proxyless.mesh.xds;

import dev.proxyless.mesh.model.InternalRedirectPolicy;
import dev.proxyless.mesh.model.InternalRedirectPolicy.Predicate;
import dev.proxyless.mesh.proto.AnyMessage;
import dev.proxyless.mesh.proto.Findings;
import dev.proxyless.mesh.proto.Message;
import java.util.Collections;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/** Decodes which redirects of an upstream are followed. */
final class InternalRedirectDecoder {

  private static final String PACKAGE = "envoy.extensions.internal_redirect.";
  private static final String PREVIOUS_ROUTES = PACKAGE + "previous_routes.v3.PreviousRoutesConfig";
  private static final String ALLOW_LISTED_ROUTES =
      PACKAGE + "allow_listed_routes.v3.AllowListedRoutesConfig";
  private static final String SAFE_CROSS_SCHEME =
      PACKAGE + "safe_cross_scheme.v3.SafeCrossSchemeConfig";

  private static final int MAX_CODES = 5;
  private static final Set<Long> REDIRECTS = Set.of(301L, 302L, 303L, 307L, 308L);
  private static final Set<Integer> DEFAULT_CODES = Set.of(302);

  private final Findings findings;

  InternalRedirectDecoder(Findings findings) {
    this.findings = findings;
  }

  /** {@code internal_redirect_policy}, or the older fields that it stands in for. */
  Optional<InternalRedirectPolicy> policy(Message action) {
    Optional<Message> policy = action.message("internal_redirect_policy");
    if (policy.isPresent()) {
      return policy.map(this::decode);
    }
    if (!action.enumName("internal_redirect_action").equals("HANDLE_INTERNAL_REDIRECT")) {
      return Optional.empty();
    }
    return Optional.of(
        new InternalRedirectPolicy(
            maxRedirects(action), DEFAULT_CODES, List.of(), false, List.of()));
  }

  private InternalRedirectPolicy decode(Message message) {
    return new InternalRedirectPolicy(
        maxRedirects(message),
        codes(message),
        message.messages("predicates").stream().map(this::predicate).toList(),
        message.bool("allow_cross_scheme_redirect", false),
        headersToCopy(message));
  }

  private static int maxRedirects(Message message) {
    return (int) Math.min(message.number("max_internal_redirects", 1), Integer.MAX_VALUE);
  }

  /** Codes that are no redirects say nothing. */
  private Set<Integer> codes(Message message) {
    List<Long> configured = message.numbers("redirect_response_codes");
    if (configured.isEmpty()) {
      return DEFAULT_CODES;
    }
    if (configured.size() > MAX_CODES) {
      throw message.invalid(
          "redirect_response_codes",
          "has " + configured.size() + " codes; right would be at most " + MAX_CODES);
    }
    Set<Integer> codes = new TreeSet<>();
    for (long code : configured) {
      if (REDIRECTS.contains(code)) {
        codes.add((int) code);
      } else {
        findings.report(
            message.path("redirect_response_codes"),
            code + " is none of 301, 302, 303, 307 and 308; it is passed over");
      }
    }
    return Collections.unmodifiableSet(codes);
  }

  private Predicate predicate(Message extension) {
    AnyMessage config = Extensions.config(extension);
    return switch (config.typeName()) {
      case PREVIOUS_ROUTES -> new Predicate.PreviousRoutes();
      case SAFE_CROSS_SCHEME -> new Predicate.SafeCrossScheme();
      case ALLOW_LISTED_ROUTES ->
          new Predicate.AllowListedRoutes(
              Collections.unmodifiableSet(
                  new LinkedHashSet<>(config.unpack(findings).strings("allowed_route_names"))));
      default ->
          throw Extensions.unknown(
              config, "PreviousRoutesConfig, AllowListedRoutesConfig or SafeCrossSchemeConfig");
    };
  }

  private static List<String> headersToCopy(Message message) {
    List<String> names = Texts.headerNames(message, "response_headers_to_copy");
    List<String> written = message.strings("response_headers_to_copy");
    for (int i = 0; i < names.size(); i++) {
      String at = "response_headers_to_copy[" + i + "]";
      HeaderMutationDecoder.refuseRequestLine(message, at, names.get(i), "copied");
      if (written.indexOf(written.get(i)) < i) {
        throw message.invalid(
            at, "is \"" + written.get(i) + "\", which stands twice; leave out one of them");
      }
    }
    names = names.stream().filter(name -> !name.isEmpty()).toList();
    return names.stream().distinct().toList();
  }
}
