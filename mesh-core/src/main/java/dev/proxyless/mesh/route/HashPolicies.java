package dev.proxyless.mesh.route;

import dev.proxyless.mesh.model.HashPolicy;
import dev.proxyless.mesh.model.HashPolicy.Specifier;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/**
 * The hash policies of a route, compiled. Each that yields something is mixed in, in order: {@code
 * rotl(hash, 1) ^ next}; a terminal one ends the list once there is a hash. Source: Envoy's {@code
 * HashPolicyImpl}. Immutable.
 */
final class HashPolicies {

  private final List<HashPolicy> policies;
  private final List<Optional<Substitution>> rewrites;

  private HashPolicies(List<HashPolicy> policies, List<Optional<Substitution>> rewrites) {
    this.policies = policies;
    this.rewrites = rewrites;
  }

  static HashPolicies compile(List<HashPolicy> policies, String at) {
    List<Optional<Substitution>> rewrites = new ArrayList<>();
    for (HashPolicy policy : policies) {
      String path = at + ".hash_policy[" + rewrites.size() + "].header.regex_rewrite";
      rewrites.add(
          policy.specifier() instanceof Specifier.Header header
              ? header.rewrite().map(rewrite -> Substitution.compile(rewrite, path))
              : Optional.empty());
    }
    return new HashPolicies(policies, List.copyOf(rewrites));
  }

  boolean isEmpty() {
    return policies.isEmpty();
  }

  /** The hash of a request; empty where no policy yields one. */
  OptionalLong hash(RequestHead head, StreamInfo info) {
    boolean found = false;
    long hash = 0;
    for (int i = 0; i < policies.size(); i++) {
      HashPolicy policy = policies.get(i);
      OptionalLong next = one(policy.specifier(), rewrites.get(i), head, info);
      if (next.isPresent()) {
        hash = Long.rotateLeft(hash, 1) ^ next.getAsLong();
        found = true;
      }
      if (policy.terminal() && found) {
        break;
      }
    }
    return found ? OptionalLong.of(hash) : OptionalLong.empty();
  }

  private static OptionalLong one(
      Specifier specifier, Optional<Substitution> rewrite, RequestHead head, StreamInfo info) {
    if (specifier instanceof Specifier.Header header) {
      return ofHeader(header.name(), rewrite, head);
    }
    if (specifier instanceof Specifier.Cookie cookie) {
      return of(cookie(head, cookie.name()));
    }
    if (specifier instanceof Specifier.QueryParameter parameter) {
      return of(new RequestView(head, info).queryParameter(parameter.name()));
    }
    if (specifier instanceof Specifier.FilterState state) {
      return of(info.filterState().get(state.key()));
    }
    return OptionalLong.empty(); // the caller is this process: it has no address
  }

  private static @Nullable String cookie(RequestHead head, String name) {
    String value = null;
    for (int i = 0; i < head.headerCount() && value == null; i++) {
      if (head.headerName(i).equalsIgnoreCase("cookie")) {
        value = CookieCondition.value(head.headerValue(i), name);
      }
    }
    return value;
  }

  private static OptionalLong of(@Nullable String text) {
    return text == null ? OptionalLong.empty() : OptionalLong.of(XxHash64.of(text, 0));
  }

  /** All lines, in the order of their bytes, so that the order of sending does not count. */
  private static OptionalLong ofHeader(
      String name, Optional<Substitution> rewrite, RequestHead head) {
    List<String> values = new ArrayList<>();
    for (int i = 0; i < head.headerCount(); i++) {
      if (head.headerName(i).equalsIgnoreCase(name)) {
        String value = head.headerValue(i);
        values.add(rewrite.map(each -> each.replaceAll(value)).orElse(value));
      }
    }
    String pseudo = values.isEmpty() ? pseudo(name, head) : null;
    if (pseudo != null) {
      values.add(rewrite.map(each -> each.replaceAll(pseudo)).orElse(pseudo));
    }
    if (values.isEmpty()) {
      return OptionalLong.empty();
    }
    values.sort((a, b) -> Arrays.compareUnsigned(bytes(a), bytes(b)));
    long hash = 0;
    for (String value : values) {
      hash = XxHash64.of(value, hash);
    }
    return OptionalLong.of(hash);
  }

  private static @Nullable String pseudo(String name, RequestHead head) {
    return switch (name) {
      case ":authority", "host" -> head.authority();
      case ":path" -> head.path();
      case ":method" -> head.method();
      case ":scheme" -> head.scheme();
      default -> null;
    };
  }

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }
}
