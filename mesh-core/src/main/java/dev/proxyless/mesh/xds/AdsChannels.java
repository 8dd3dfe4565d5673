package dev.proxyless.mesh.xds;

import dev.proxyless.mesh.time.MeshExecutor;
import io.grpc.okhttp.OkHttpChannelBuilder;
import java.util.Optional;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SSLSocketFactory;

/** Makes channels to control planes, on threads of the mesh alone. */
public final class AdsChannels {

  /** gRPC's own default of 4 MiB refuses an assignment of some ten thousand endpoints. */
  private static final int MAX_MESSAGE_BYTES = 64 << 20;

  /** Servers count pings more often than this as abuse unless told otherwise. */
  private static final long KEEPALIVE_MINUTES = 5;

  private AdsChannels() {}

  /**
   * A channel.
   *
   * @param tls the sockets of TLS; empty for plaintext
   * @param callbacks where gRPC calls back
   * @param io threads that read and write
   * @param timers gRPC's timers
   */
  public static AdsChannel create(
      String host,
      int port,
      Optional<SSLSocketFactory> tls,
      MeshExecutor callbacks,
      MeshExecutor io,
      ScheduledExecutorService timers) {
    OkHttpChannelBuilder builder =
        OkHttpChannelBuilder.forAddress(host, port)
            .executor(callbacks)
            .offloadExecutor(io)
            .transportExecutor(io)
            .scheduledExecutorService(timers)
            .maxInboundMessageSize(MAX_MESSAGE_BYTES)
            .keepAliveTime(KEEPALIVE_MINUTES, TimeUnit.MINUTES)
            .disableRetry();
    // The trust manager has checked the names; it knows which ones were meant.
    tls.ifPresentOrElse(
        sockets -> builder.sslSocketFactory(sockets).hostnameVerifier((name, session) -> true),
        builder::usePlaintext);
    return new AdsChannel(builder.build());
  }
}
