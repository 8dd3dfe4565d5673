package dev.proxyless.mesh.telemetry;

import java.util.List;

/**
 * The meters of the mesh: the contract that dashboards rest on. Tags are bounded by configuration;
 * no path, address or identity of a caller is ever a tag.
 */
public enum MeterName {
  CLIENT_ATTEMPT_DURATION(
      Kind.TIMER,
      "http.client.request.duration",
      "One try, until the response's head",
      "http.request.method",
      "http.response.status_code",
      "error.type",
      "server.address",
      "mesh.cluster",
      "mesh.route"),
  CALLS(
      Kind.TIMER,
      "mesh.client.requests",
      "One call, with all its tries",
      "mesh.cluster",
      "mesh.route",
      "outcome",
      "flag"),
  ATTEMPTS(
      Kind.COUNTER,
      "mesh.client.attempts",
      "Tries",
      "mesh.cluster",
      "mesh.route",
      "reason",
      "result"),
  ACTIVE(Kind.GAUGE, "mesh.client.active", "Tries in flight", "mesh.cluster"),
  RETRY_DENIED(
      Kind.COUNTER,
      "mesh.client.retry.denied",
      "Retries that were wanted and not made",
      "mesh.cluster",
      "cause"),
  OVERFLOW(
      Kind.COUNTER,
      "mesh.circuit.overflow",
      "Limits that were reached",
      "mesh.cluster",
      "resource"),
  ENDPOINTS(Kind.GAUGE, "mesh.lb.endpoints", "Endpoints, by state", "mesh.cluster", "state"),
  EJECTIONS(
      Kind.COUNTER,
      "mesh.outlier.ejections",
      "Endpoints found at fault",
      "mesh.cluster",
      "type",
      "enforced"),
  SERVER_DURATION(
      Kind.TIMER,
      "http.server.request.duration",
      "One request served",
      "http.request.method",
      "url.scheme",
      "http.response.status_code",
      "mesh.tls"),
  AUTHZ_DECISIONS(
      Kind.COUNTER,
      "mesh.authz.decisions",
      "Requests that a policy let in or refused",
      "policy",
      "action"),
  XDS_CONNECTED(
      Kind.GAUGE,
      "mesh.xds.connected",
      "Whether the stream to the control plane is open",
      "server"),
  XDS_UPDATES(Kind.COUNTER, "mesh.xds.updates", "Resources received", "type", "result"),
  DISCOVERY(
      Kind.COUNTER, "mesh.discovery.refresh", "Questions to Cloud Map and DNS", "source", "result"),
  TLS_RELOADS(
      Kind.COUNTER, "mesh.tls.reloads", "Readings of certificate files", "source", "result"),
  TLS_EXPIRY(
      Kind.GAUGE, "mesh.tls.certificate.expiry", "Seconds until a certificate ends", "source");

  /** What a meter is. */
  public enum Kind {
    /** A count and a sum of durations, in seconds where the registry has no unit of its own. */
    TIMER,
    /** A count since the meter was made. */
    COUNTER,
    /** A value now. */
    GAUGE
  }

  private final Kind kind;
  private final String id;
  private final String description;

  @SuppressWarnings("ImmutableEnumChecker") // List.of is immutable
  private final List<String> tags;

  MeterName(Kind kind, String id, String description, String... tags) {
    this.kind = kind;
    this.id = id;
    this.description = description;
    this.tags = List.of(tags);
  }

  /** What the meter is. */
  public Kind kind() {
    return kind;
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
