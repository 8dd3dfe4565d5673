package dev.proxyless.mesh.telemetry;

import java.util.List;

/**
 * The meters of the mesh: the contract that dashboards rest on. Tags are bounded by configuration;
 * no path, address or identity of a caller is ever a tag.
 */
public enum MeterName {
  CLIENT_ATTEMPT_DURATION(
      "http.client.request.duration",
      "One try, until the response's head",
      "http.request.method",
      "http.response.status_code",
      "error.type",
      "server.address",
      "mesh.cluster",
      "mesh.route"),
  CALLS(
      "mesh.client.requests",
      "One call, with all its tries",
      "mesh.cluster",
      "mesh.route",
      "outcome",
      "flag"),
  ATTEMPTS("mesh.client.attempts", "Tries", "mesh.cluster", "mesh.route", "reason", "result"),
  ACTIVE("mesh.client.active", "Tries in flight", "mesh.cluster"),
  RETRY_DENIED(
      "mesh.client.retry.denied", "Retries that were wanted and not made", "mesh.cluster", "cause"),
  OVERFLOW("mesh.circuit.overflow", "Limits that were reached", "mesh.cluster", "resource"),
  ENDPOINTS("mesh.lb.endpoints", "Endpoints, by state", "mesh.cluster", "state"),
  EJECTIONS(
      "mesh.outlier.ejections", "Endpoints found at fault", "mesh.cluster", "type", "enforced"),
  SERVER_DURATION(
      "http.server.request.duration",
      "One request served",
      "http.request.method",
      "url.scheme",
      "http.response.status_code",
      "mesh.tls"),
  XDS_CONNECTED("mesh.xds.connected", "Whether the stream to the control plane is open", "server"),
  XDS_UPDATES("mesh.xds.updates", "Resources received", "type", "result"),
  DISCOVERY("mesh.discovery.refresh", "Questions to Cloud Map and DNS", "source", "result"),
  TLS_RELOADS("mesh.tls.reloads", "Readings of certificate files", "source", "result"),
  TLS_EXPIRY("mesh.tls.certificate.expiry", "Seconds until a certificate ends", "source");

  private final String id;
  private final String description;

  @SuppressWarnings("ImmutableEnumChecker") // List.of is immutable
  private final List<String> tags;

  MeterName(String id, String description, String... tags) {
    this.id = id;
    this.description = description;
    this.tags = List.of(tags);
  }

  /** The name of the meter. */
  public String id() {
    return id;
  }

  /** What it measures. */
  public String description() {
    return description;
  }

  /** The keys of its tags, in the order in which values are given. */
  public List<String> tags() {
    return tags;
  }
}
