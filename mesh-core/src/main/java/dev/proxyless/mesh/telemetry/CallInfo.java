package dev.proxyless.mesh.telemetry;

/**
 * Where a call went and why it ended as it did. Texts that do not apply are empty.
 *
 * @param virtualHost the virtual host that took the request
 * @param route the name of the route that took it
 * @param cluster the cluster that it was sent to
 * @param endpoint address and port of the last endpoint tried
 * @param attempts how many tries were made; 0 where nothing was sent
 * @param flags Envoy's response flags
 * @param details Envoy's response code details, such as {@code via_upstream} or {@code
 *     route_not_found}
 * @param explanation for people: what went wrong and what to look at; empty where nothing did
 */
public record CallInfo(
    String virtualHost,
    String route,
    String cluster,
    String endpoint,
    int attempts,
    ResponseFlags flags,
    String details,
    String explanation) {

  /** The details of a response that came from an endpoint. */
  public static final String VIA_UPSTREAM = "via_upstream";

  /** On one line, as it stands in logs and exceptions. */
  @Override
  public String toString() {
    return "virtual_host="
        + orDash(virtualHost)
        + " route="
        + orDash(route)
        + " cluster="
        + orDash(cluster)
        + " endpoint="
        + orDash(endpoint)
        + " attempts="
        + attempts
        + " flags="
        + flags
        + " details="
        + orDash(details);
  }

  private static String orDash(String text) {
    return text.isEmpty() ? "-" : text;
  }
}
