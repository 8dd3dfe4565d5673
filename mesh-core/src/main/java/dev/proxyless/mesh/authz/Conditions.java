package dev.proxyless.mesh.authz;

import dev.proxyless.mesh.authz.Access.Peer;
import dev.proxyless.mesh.model.Rbac.Permission;
import dev.proxyless.mesh.model.Rbac.Policy;
import dev.proxyless.mesh.model.Rbac.Principal;
import dev.proxyless.mesh.model.StringMatcher;
import java.util.List;
import java.util.function.Predicate;

/** Makes a condition of one policy. Source: Envoy's {@code rbac} matchers. */
final class Conditions {

  private final String policy;
  private boolean readsPath;

  Conditions(String policy) {
    this.policy = policy;
  }

  /** Whether what was made so far looks at the path. */
  boolean readsPath() {
    return readsPath;
  }

  Predicate<Access> policy(Policy each) {
    Predicate<Access> permitted = any(each.permissions().stream().map(this::permission).toList());
    Predicate<Peer> known = any(each.principals().stream().map(this::principal).toList());
    return access -> permitted.test(access) && known.test(access.peer());
  }

  private Predicate<Access> permission(Permission permission) {
    if (permission instanceof Permission.UrlPath path) {
      readsPath = true;
      Predicate<String> text = text(path.path());
      return access -> text.test(access.path());
    }
    if (permission instanceof Permission.Method method) {
      Predicate<String> text = text(method.method());
      return access -> text.test(access.method());
    }
    if (permission instanceof Permission.And and) {
      return all(and.rules().stream().map(this::permission).toList());
    }
    if (permission instanceof Permission.Or or) {
      return any(or.rules().stream().map(this::permission).toList());
    }
    if (permission instanceof Permission.Not not) {
      return permission(not.rule()).negate();
    }
    return access -> true; // any
  }

  private Predicate<Peer> principal(Principal principal) {
    if (principal instanceof Principal.Authenticated authenticated) {
      return authenticated
          .principalName()
          .map(name -> named(text(name)))
          .orElse(Peer::tls); // any TLS connection
    }
    if (principal instanceof Principal.And and) {
      return all(and.ids().stream().map(this::principal).toList());
    }
    if (principal instanceof Principal.Or or) {
      return any(or.ids().stream().map(this::principal).toList());
    }
    if (principal instanceof Principal.Not not) {
      return principal(not.id()).negate();
    }
    return peer -> true; // any
  }

  /** The subject is tried last, even of a certificate that has other names. */
  private static Predicate<Peer> named(Predicate<String> name) {
    return peer ->
        peer.tls()
            && (anyMatches(name, peer.uris())
                || anyMatches(name, peer.dnsNames())
                || name.test(peer.subject()));
  }

  private static boolean anyMatches(Predicate<String> name, List<String> names) {
    for (String each : names) {
      if (name.test(each)) {
        return true;
      }
    }
    return false;
  }

  private static <T> Predicate<T> any(List<Predicate<T>> conditions) {
    return value -> {
      for (Predicate<T> each : conditions) {
        if (each.test(value)) {
          return true;
        }
      }
      return false;
    };
  }

  private static <T> Predicate<T> all(List<Predicate<T>> conditions) {
    return any(conditions.stream().map(Predicate::negate).toList()).negate();
  }

  private Predicate<String> text(StringMatcher matcher) {
    String value = matcher.ignoreCase() ? lower(matcher.value()) : matcher.value();
    Predicate<String> exactCase =
        switch (matcher.kind()) {
          case EXACT -> value::equals;
          case PREFIX -> text -> text.startsWith(value);
          case SUFFIX -> text -> text.endsWith(value);
          case CONTAINS -> text -> text.contains(value);
          case SAFE_REGEX ->
              throw new IllegalArgumentException(
                  "policy \""
                      + policy
                      + "\" has the safe_regex \""
                      + value
                      + "\", which is not supported here; right would be exact, prefix, suffix or"
                      + " contains");
        };
    return matcher.ignoreCase() ? text -> exactCase.test(lower(text)) : exactCase;
  }

  /** ASCII alone: another script's letter must never pass for an ASCII one. */
  private static String lower(String text) {
    StringBuilder lower = new StringBuilder(text);
    for (int i = 0; i < lower.length(); i++) {
      char c = lower.charAt(i);
      if (c >= 'A' && c <= 'Z') {
        lower.setCharAt(i, (char) (c + ('a' - 'A')));
      }
    }
    return lower.toString();
  }
}
