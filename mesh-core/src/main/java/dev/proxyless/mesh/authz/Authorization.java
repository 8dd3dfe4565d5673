package dev.proxyless.mesh.authz;

/**
 * What a policy says to a request.
 *
 * @param allowed whether it may go on
 * @param policy the name of the policy that matched; {@link #NO_POLICY} where none did
 */
public record Authorization(boolean allowed, String policy) {

  /** Stands for the name where no policy matched. */
  public static final String NO_POLICY = "none";

  /** The body of every refusal: it does not tell the peer what would have been allowed. */
  public static final String DENIED = "RBAC: access denied";

  /** Envoy's response code details of a refusal. */
  public String details() {
    return "rbac_access_denied_matched_policy[" + policy.replace(' ', '_') + "]";
  }
}
