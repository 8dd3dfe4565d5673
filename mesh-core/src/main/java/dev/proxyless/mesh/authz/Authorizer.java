package dev.proxyless.mesh.authz;

import dev.proxyless.mesh.model.Rbac;
import dev.proxyless.mesh.model.Rbac.Action;
import dev.proxyless.mesh.model.Rbac.Permission;
import dev.proxyless.mesh.model.Rbac.Policy;
import dev.proxyless.mesh.model.Rbac.Principal;
import dev.proxyless.mesh.model.StringMatcher;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Predicate;

/**
 * Judges requests by an {@link Rbac}: a pure function of what it is asked. Immutable. Source:
 * Envoy's {@code envoy.filters.http.rbac}.
 */
public final class Authorizer {

  private static final String ALLOW_PEERS = "allow-peers";

  private final Action action;
  private final List<Rule> rules;
  private final boolean readsPath;

  private record Rule(String name, Predicate<Access> condition) {}

  private Authorizer(Action action, List<Rule> rules, boolean readsPath) {
    this.action = action;
    this.rules = rules;
    this.readsPath = readsPath;
  }

  /**
   * Takes a policy.
   *
   * @throws IllegalArgumentException if it has a matcher that is not supported; the message names
   *     the policy and the value
   */
  public static Authorizer of(Rbac rbac) {
    List<Rule> rules = new ArrayList<>();
    boolean readsPath = false;
    for (Map.Entry<String, Policy> each : new TreeMap<>(rbac.policies()).entrySet()) {
      Conditions conditions = new Conditions(each.getKey());
      rules.add(new Rule(each.getKey(), conditions.policy(each.getValue())));
      readsPath |= conditions.readsPath();
    }
    return new Authorizer(rbac.action(), List.copyOf(rules), readsPath);
  }

  /**
   * Lets in only peers whose certificate has one of these names, exactly: a URI name such as {@code
   * spiffe://apps.local/serviceA}, a DNS name, or a subject.
   *
   * @throws IllegalArgumentException if there is no name or one of them is blank
   */
  public static Authorizer allowPeers(List<String> names) {
    if (names.isEmpty() || names.stream().anyMatch(String::isBlank)) {
      throw new IllegalArgumentException(
          "the peers to allow are "
              + names
              + "; right would be at least one name, such as spiffe://apps.local/serviceA");
    }
    List<Principal> principals = new ArrayList<>();
    for (String name : names) {
      principals.add(new Principal.Authenticated(Optional.of(StringMatcher.exact(name))));
    }
    Policy policy = new Policy(List.of(new Permission.Any()), principals);
    return of(new Rbac(Action.ALLOW, Map.of(ALLOW_PEERS, policy)));
  }

  /** Whether an answer can depend on the path. */
  public boolean readsPath() {
    return readsPath;
  }

  /** The answer to one request. */
  public Authorization authorize(Access access) {
    for (Rule rule : rules) {
      if (rule.condition().test(access)) {
        return new Authorization(action == Action.ALLOW, rule.name());
      }
    }
    return new Authorization(action == Action.DENY, Authorization.NO_POLICY);
  }
}
