package dev.proxyless.mesh.telemetry;

import java.util.function.IntSupplier;
import java.util.function.LongSupplier;

/** Meters that count nothing. */
final class NoMeters
    implements MeshMeters,
        MeshMeters.CallMeters,
        MeshMeters.ClusterMeters,
        MeshMeters.ServerMeters {

  @Override
  public CallMeters calls(String virtualHost, String route, String cluster) {
    return this;
  }

  @Override
  public ClusterMeters cluster(
      String cluster, IntSupplier active, IntSupplier endpoints, IntSupplier ejected) {
    return this;
  }

  @Override
  public ServerMeters server() {
    return this;
  }

  @Override
  public void controlPlane(String server, boolean connected) {}

  @Override
  public void update(String type, String result) {}

  @Override
  public void discovery(String source, String result) {}

  @Override
  public void certificateReload(String source, String result) {}

  @Override
  public Registration certificateExpiry(String source, LongSupplier seconds) {
    return () -> {};
  }

  @Override
  public void attempt(
      AttemptReason reason, AttemptResult result, String method, int status, long nanos) {}

  @Override
  public void call(Outcome outcome, ResponseFlags flags, long nanos) {}

  @Override
  public void request(String method, String scheme, int status, ServerTlsMode tls, long nanos) {}

  @Override
  public void authorization(String policy, boolean allowed) {}

  @Override
  public void ejection(String type, boolean enforced) {}

  @Override
  public void overflow(String resource) {}

  @Override
  public void retryDenied(String cause) {}

  @Override
  public void close() {}
}
