package dev.proxyless.mesh.telemetry;

/**
 * Envoy's response flags: why a call ended as it did. Declared in the order of Envoy's
 * documentation.
 */
public enum ResponseFlag {
  UH("NoHealthyUpstream", "no endpoint of the cluster could be used"),
  UF("UpstreamConnectionFailure", "the connection to the endpoint could not be made"),
  UO("UpstreamOverflow", "a limit of the cluster was reached"),
  NR("NoRouteFound", "no route matched"),
  URX("UpstreamRetryLimitExceeded", "the retries ran out"),
  NC("NoClusterFound", "the route names a cluster that is not there"),
  DT("DurationTimeout", "the connection or call exceeded its longest duration"),
  DC("DownstreamConnectionTermination", "the caller gave up"),
  LH("FailedLocalHealthCheck", "the local service failed its health check"),
  UT("UpstreamRequestTimeout", "the call or the try took too long"),
  LR("LocalReset", "the request was reset here"),
  UR("UpstreamRemoteReset", "the endpoint reset the request"),
  UC("UpstreamConnectionTermination", "the endpoint closed the connection"),
  DI("DelayInjected", "a delay was injected"),
  FI("FaultInjected", "a fault was injected"),
  RL("RateLimited", "a local rate limit was reached"),
  UAEX("UnauthorizedExternalService", "an external service refused the request"),
  RLSE("RateLimitServiceError", "the rate limit service failed"),
  IH("InvalidEnvoyRequestHeaders", "an x-envoy header is not valid"),
  SI("StreamIdleTimeout", "the call was idle for too long"),
  DPE("DownstreamProtocolError", "the caller broke the protocol"),
  UPE("UpstreamProtocolError", "the endpoint broke the protocol"),
  UMSDR("UpstreamMaxStreamDurationReached", "the call exceeded its longest duration"),
  RFCF("ResponseFromCacheFilter", "the response came from a cache"),
  NFCF("NoFilterConfigFound", "no configuration arrived in time"),
  OM("OverloadManagerTerminated", "the process is overloaded"),
  DF("DnsResolutionFailed", "a name could not be resolved"),
  DO("DropOverload", "the control plane asks for load to be dropped"),
  DR("DownstreamRemoteReset", "the caller reset the request"),
  UDO("UnconditionalDropOverload", "the control plane asks for all load to be dropped");

  private final String longName;
  private final String meaning;

  ResponseFlag(String longName, String meaning) {
    this.longName = longName;
    this.meaning = meaning;
  }

  /** Envoy's long name of the flag. */
  public String longName() {
    return longName;
  }

  /** What the flag says, in a few words. */
  public String meaning() {
    return meaning;
  }
}
