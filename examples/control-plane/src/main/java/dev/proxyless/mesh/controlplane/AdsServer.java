package dev.proxyless.mesh.controlplane;

import dev.proxyless.mesh.time.MeshExecutor;
import dev.proxyless.mesh.time.MeshTime;
import io.grpc.InsecureServerCredentials;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.MethodDescriptor.MethodType;
import io.grpc.Server;
import io.grpc.ServerCall;
import io.grpc.ServerServiceDefinition;
import io.grpc.Status;
import io.grpc.okhttp.OkHttpServerBuilder;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;

/** The gRPC server: the aggregated discovery service, in plaintext. */
final class AdsServer implements AutoCloseable {

  private static final String SERVICE = "envoy.service.discovery.v3.AggregatedDiscoveryService";

  /** App Mesh's sidecars ping each 10 s. */
  private static final long PERMITTED_PING_SECONDS = 5;

  private static final long END_SECONDS = 2;

  private final Server server;
  private final MeshExecutor io;
  private final int port;

  /**
   * Binds and begins to serve.
   *
   * @param controlThread where streams are made and called back
   * @throws UnusableInputException if the address cannot be bound
   */
  AdsServer(
      InetSocketAddress address,
      MeshExecutor controlThread,
      MeshTime time,
      Function<ServerCall<byte[], byte[]>, AdsStream> streams) {
    io = time.pool("ads");
    server =
        OkHttpServerBuilder.forPort(address, InsecureServerCredentials.create())
            .executor(controlThread)
            .transportExecutor(io)
            .scheduledExecutorService(time.scheduler())
            .permitKeepAliveTime(PERMITTED_PING_SECONDS, TimeUnit.SECONDS)
            .permitKeepAliveWithoutCalls(true)
            .addService(
                ServerServiceDefinition.builder(SERVICE)
                    .addMethod(
                        method("StreamAggregatedResources"), (call, headers) -> streams.apply(call))
                    .addMethod(method("DeltaAggregatedResources"), AdsServer::noDelta)
                    .build())
            .build();
    try {
      server.start();
      port = server.getPort();
    } catch (IOException unavailable) {
      io.close();
      throw new UnusableInputException(
          "cannot listen on "
              + address.getHostString()
              + ":"
              + address.getPort()
              + ": "
              + reason(unavailable)
              + "; right would be an address of this machine and a free port (--port 0 picks one)",
          unavailable);
    }
  }

  private static String reason(Throwable failure) {
    return failure.getCause() == null
        ? String.valueOf(failure.getMessage())
        : reason(failure.getCause());
  }

  private static MethodDescriptor<byte[], byte[]> method(String name) {
    return MethodDescriptor.<byte[], byte[]>newBuilder()
        .setType(MethodType.BIDI_STREAMING)
        .setFullMethodName(MethodDescriptor.generateFullMethodName(SERVICE, name))
        .setRequestMarshaller(Bytes.INSTANCE)
        .setResponseMarshaller(Bytes.INSTANCE)
        .build();
  }

  private static ServerCall.Listener<byte[]> noDelta(
      ServerCall<byte[], byte[]> call, Metadata headers) {
    call.close(
        Status.UNIMPLEMENTED.withDescription(
            "only state of the world is served; right would be api_type: GRPC in ads_config, not"
                + " DELTA_GRPC"),
        new Metadata());
    return new ServerCall.Listener<>() {};
  }

  /** The port that was bound. */
  int port() {
    return port;
  }

  /** Ends the server; streams should have been ended before. */
  @Override
  public void close() {
    server.shutdown();
    try {
      if (!server.awaitTermination(END_SECONDS, TimeUnit.SECONDS)) {
        server.shutdownNow().awaitTermination(END_SECONDS, TimeUnit.SECONDS);
      }
    } catch (InterruptedException hurried) {
      server.shutdownNow();
      Thread.currentThread().interrupt();
    }
    io.close();
  }

  /** Lets messages through as they are: mesh-core's table of fields reads and writes them. */
  private enum Bytes implements MethodDescriptor.Marshaller<byte[]> {
    INSTANCE;

    @Override
    public InputStream stream(byte[] message) {
      return new ByteArrayInputStream(message);
    }

    @Override
    public byte[] parse(InputStream stream) {
      try (stream) {
        return stream.readAllBytes();
      } catch (IOException broken) {
        throw new UncheckedIOException(broken);
      }
    }
  }
}
