package dev.proxyless.mesh.testing;

import dev.proxyless.mesh.proto.AnyMessage;
import dev.proxyless.mesh.proto.FieldTable;
import dev.proxyless.mesh.proto.Findings;
import dev.proxyless.mesh.proto.Message;
import dev.proxyless.mesh.proto.MessageReader;
import dev.proxyless.mesh.xds.ResourceType;
import io.grpc.Attributes;
import io.grpc.InsecureServerCredentials;
import io.grpc.MethodDescriptor;
import io.grpc.Server;
import io.grpc.ServerServiceDefinition;
import io.grpc.ServerTransportFilter;
import io.grpc.Status;
import io.grpc.okhttp.OkHttpServerBuilder;
import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.ServerCalls;
import io.grpc.stub.StreamObserver;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * A control plane whose every word is the test's: an ADS server (state of the world) on a port of
 * 127.0.0.1, which records what it is asked and sends what it is told. It can be stopped and
 * started again on the same port.
 */
public final class TestControlPlane implements AutoCloseable {

  private static final String SERVICE = "envoy.service.discovery.v3.AggregatedDiscoveryService";
  private static final long WAIT_SECONDS = 20;

  private final BlockingQueue<AdsStream> streams = new LinkedBlockingQueue<>();
  private final AtomicInteger connections = new AtomicInteger();
  private final Socket portHolder;
  private @Nullable Server server;

  /** A control plane that listens. */
  public TestControlPlane() {
    try {
      // Bound and never listening: it keeps others from the port while no server runs.
      portHolder = new Socket();
      portHolder.setReuseAddress(true);
      portHolder.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
    } catch (IOException failed) {
      throw new UncheckedIOException(failed);
    }
    start();
  }

  /**
   * A request, as it came.
   *
   * @param type what it is for
   * @param version {@code version_info}
   * @param nonce {@code response_nonce}
   * @param names {@code resource_names}
   * @param error the message of {@code error_detail}
   * @param nodeId the node's id, where the request has a node
   */
  public record Request(
      ResourceType type,
      String version,
      String nonce,
      List<String> names,
      Optional<String> error,
      Optional<String> nodeId) {

    /** All but the node. */
    @Override
    public String toString() {
      return type.shortName()
          + " version="
          + version
          + " nonce="
          + nonce
          + " names="
          + names
          + error.map(text -> " error=" + text).orElse("");
    }
  }

  public int port() {
    return portHolder.getLocalPort();
  }

  /** How many TCP connections are open. */
  public int connections() {
    return connections.get();
  }

  /** Listens again. */
  public void start() {
    MethodDescriptor<byte[], byte[]> method =
        MethodDescriptor.<byte[], byte[]>newBuilder()
            .setType(MethodDescriptor.MethodType.BIDI_STREAMING)
            .setFullMethodName(SERVICE + "/StreamAggregatedResources")
            .setRequestMarshaller(new Bytes())
            .setResponseMarshaller(new Bytes())
            .build();
    try {
      server =
          OkHttpServerBuilder.forPort(
                  new InetSocketAddress(InetAddress.getLoopbackAddress(), port()),
                  InsecureServerCredentials.create())
              .addTransportFilter(new CountConnections())
              .addService(
                  ServerServiceDefinition.builder(SERVICE)
                      .addMethod(method, ServerCalls.asyncBidiStreamingCall(this::opened))
                      .build())
              .build()
              .start();
    } catch (IOException failed) {
      throw new UncheckedIOException(failed);
    }
  }

  /** Stops listening and tells clients to go away (GOAWAY); open streams go on. */
  public void goAway() {
    if (server != null) {
      server.shutdown();
    }
  }

  /** Ends everything at once. */
  public void stop() {
    Server running = server;
    if (running == null) {
      return;
    }
    server = null;
    running.shutdownNow();
    try {
      if (!running.awaitTermination(WAIT_SECONDS, TimeUnit.SECONDS)) {
        throw new AssertionError("the control plane did not stop");
      }
    } catch (InterruptedException interrupted) {
      Thread.currentThread().interrupt();
    }
  }

  /** The next stream that a client opens. */
  public AdsStream awaitStream() throws InterruptedException {
    AdsStream stream = streams.poll(WAIT_SECONDS, TimeUnit.SECONDS);
    if (stream == null) {
      throw new AssertionError("no stream was opened within " + WAIT_SECONDS + " s");
    }
    return stream;
  }

  private StreamObserver<byte[]> opened(StreamObserver<byte[]> responses) {
    AdsStream stream = new AdsStream((ServerCallStreamObserver<byte[]>) responses);
    streams.add(stream);
    return stream;
  }

  @Override
  public void close() {
    stop();
    try {
      portHolder.close();
    } catch (IOException failed) {
      throw new UncheckedIOException(failed);
    }
  }

  /** One stream: what it was asked, and what it is told to say. */
  public static final class AdsStream implements StreamObserver<byte[]> {
    private final ServerCallStreamObserver<byte[]> responses;
    private final BlockingQueue<Request> requests = new LinkedBlockingQueue<>();
    private final BlockingQueue<String> ends = new LinkedBlockingQueue<>();

    AdsStream(ServerCallStreamObserver<byte[]> responses) {
      this.responses = responses;
    }

    /** The next request. */
    public Request awaitRequest() throws InterruptedException {
      Request request = requests.poll(WAIT_SECONDS, TimeUnit.SECONDS);
      if (request == null) {
        throw new AssertionError("no request came within " + WAIT_SECONDS + " s");
      }
      return request;
    }

    /** How many requests have come and were not awaited. */
    public int pendingRequests() {
      return requests.size();
    }

    /** Waits for the client's end of the stream. */
    public void awaitEnd() throws InterruptedException {
      if (ends.poll(WAIT_SECONDS, TimeUnit.SECONDS) == null) {
        throw new AssertionError("the stream did not end within " + WAIT_SECONDS + " s");
      }
    }

    /** Sends a response of resources that are given by their bytes. */
    public void send(ResourceType type, String version, String nonce, byte[]... resources) {
      send(type.typeUrl(), type.typeUrl(), version, nonce, resources);
    }

    /** Sends a response whose resources may be of another type than it says. */
    public synchronized void send(
        String typeUrl, String resourceUrl, String version, String nonce, byte[]... resources) {
      Message response =
          Message.of(
              "envoy.service.discovery.v3.DiscoveryResponse",
              builder -> {
                builder.set("version_info", version).set("type_url", typeUrl).set("nonce", nonce);
                for (byte[] resource : resources) {
                  builder.add("resources", AnyMessage.of(resourceUrl, resource));
                }
              });
      responses.onNext(response.toBytes());
    }

    /** Sends a message of any bytes. */
    public synchronized void sendBytes(byte[] message) {
      responses.onNext(message);
    }

    /** Ends the stream; OK ends it without error. */
    public synchronized void end(Status status) {
      if (status.isOk()) {
        responses.onCompleted();
      } else {
        responses.onError(status.asRuntimeException());
      }
    }

    @Override
    public void onNext(byte[] bytes) {
      Message request =
          MessageReader.read(
              FieldTable.xds().type("envoy.service.discovery.v3.DiscoveryRequest"),
              bytes,
              "",
              new Findings());
      requests.add(
          new Request(
              ResourceType.of(request.string("type_url")).orElseThrow(),
              request.string("version_info"),
              request.string("response_nonce"),
              List.copyOf(request.strings("resource_names")),
              request.message("error_detail").map(status -> status.string("message")),
              request.message("node").map(node -> node.string("id"))));
    }

    @Override
    public void onError(Throwable failure) {
      ends.add(String.valueOf(failure));
    }

    @Override
    public void onCompleted() {
      ends.add("completed");
    }
  }

  private final class CountConnections extends ServerTransportFilter {
    @Override
    public Attributes transportReady(Attributes attributes) {
      connections.incrementAndGet();
      return attributes;
    }

    @Override
    public void transportTerminated(@Nullable Attributes attributes) {
      if (attributes != null) {
        connections.decrementAndGet();
      }
    }
  }

  private static final class Bytes implements MethodDescriptor.Marshaller<byte[]> {
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
