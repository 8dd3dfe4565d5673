package dev.proxyless.mesh.model;

import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * {@code envoy.config.rbac.v3.RBAC}: who may do what.
 *
 * @param action what a policy that matches means
 * @param policies by name; a request is judged by the first that matches it, in the order of the
 *     names
 */
public record Rbac(Action action, Map<String, Policy> policies) {

  /** What a match means. */
  public enum Action {
    /** What matches a policy is let in, all else is refused. */
    ALLOW,
    /** What matches a policy is refused, all else is let in. */
    DENY
  }

  /**
   * A policy matches where any of its permissions and any of its principals do; an empty list
   * matches nothing.
   */
  public record Policy(List<Permission> permissions, List<Principal> principals) {}

  /** What is asked for. */
  public sealed interface Permission {
    /** {@code any}. */
    record Any() implements Permission {}

    /** {@code url_path}: the path without query and fragment. */
    record UrlPath(StringMatcher path) implements Permission {}

    /** {@code header} with the name {@code :method}. */
    record Method(StringMatcher method) implements Permission {}

    /** {@code and_rules}. */
    record And(List<Permission> rules) implements Permission {}

    /** {@code or_rules}. */
    record Or(List<Permission> rules) implements Permission {}

    /** {@code not_rule}. */
    record Not(Permission rule) implements Permission {}
  }

  /** Who asks. */
  public sealed interface Principal {
    /** {@code any}. */
    record Any() implements Principal {}

    /**
     * {@code authenticated}. With a name: any URI name of the peer's certificate matches, or any
     * DNS name, or its subject. Without: the connection is TLS, even where no certificate came.
     */
    record Authenticated(Optional<StringMatcher> principalName) implements Principal {}

    /** {@code and_ids}. */
    record And(List<Principal> ids) implements Principal {}

    /** {@code or_ids}. */
    record Or(List<Principal> ids) implements Principal {}

    /** {@code not_id}. */
    record Not(Principal id) implements Principal {}
  }
}
