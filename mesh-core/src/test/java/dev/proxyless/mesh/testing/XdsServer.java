package dev.proxyless.mesh.testing;

import dev.proxyless.mesh.document.Documents;
import dev.proxyless.mesh.proto.AnyMessage;
import dev.proxyless.mesh.proto.FieldTable;
import dev.proxyless.mesh.proto.Findings;
import dev.proxyless.mesh.proto.JsonReader;
import dev.proxyless.mesh.proto.Message;
import dev.proxyless.mesh.proto.MessageReader;
import io.grpc.InsecureServerCredentials;
import io.grpc.MethodDescriptor;
import io.grpc.Server;
import io.grpc.ServerServiceDefinition;
import io.grpc.okhttp.OkHttpServerBuilder;
import io.grpc.stub.ServerCalls;
import io.grpc.stub.StreamObserver;
import java.io.ByteArrayInputStream;
import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * An ADS server over a real socket that serves resources written in YAML and pushes every change.
 */
public final class XdsServer implements Closeable {

  private static final String PREFIX = "type.googleapis.com/";
  private static final String METHOD =
      "envoy.service.discovery.v3.AggregatedDiscoveryService/StreamAggregatedResources";

  private final Server server;
  private final Map<String, Map<String, Message>> resources = new LinkedHashMap<>();
  private final List<Stream> streams = new ArrayList<>();
  private int version = 1;

  public XdsServer() throws IOException {
    MethodDescriptor<byte[], byte[]> method =
        MethodDescriptor.<byte[], byte[]>newBuilder()
            .setType(MethodDescriptor.MethodType.BIDI_STREAMING)
            .setFullMethodName(METHOD)
            .setRequestMarshaller(new Bytes())
            .setResponseMarshaller(new Bytes())
            .build();
    server =
        OkHttpServerBuilder.forPort(
                new InetSocketAddress(InetAddress.getLoopbackAddress(), 0),
                InsecureServerCredentials.create())
            .addService(
                ServerServiceDefinition.builder(
                        "envoy.service.discovery.v3.AggregatedDiscoveryService")
                    .addMethod(method, ServerCalls.asyncBidiStreamingCall(this::open))
                    .build())
            .build()
            .start();
  }

  public int port() {
    return server.getPort();
  }

  /** Sets a resource, or replaces it; clients hear of it by {@link #push}. */
  public synchronized XdsServer set(String typeName, String yaml) {
    Message message =
        JsonReader.read(
            FieldTable.xds().type(typeName), Documents.parse("test", yaml), new Findings());
    String name =
        typeName.endsWith("ClusterLoadAssignment")
            ? message.string("cluster_name")
            : message.string("name");
    resources.computeIfAbsent(PREFIX + typeName, type -> new LinkedHashMap<>()).put(name, message);
    return this;
  }

  /** Sends what was set since to everybody who asked for it. */
  public synchronized void push() {
    version++;
    streams.forEach(Stream::sendAll);
  }

  private synchronized StreamObserver<byte[]> open(StreamObserver<byte[]> responses) {
    Stream stream = new Stream(responses);
    streams.add(stream);
    return stream;
  }

  private final class Stream implements StreamObserver<byte[]> {
    private final StreamObserver<byte[]> responses;
    private final Map<String, Set<String>> subscribed = new LinkedHashMap<>();

    Stream(StreamObserver<byte[]> responses) {
      this.responses = responses;
    }

    @Override
    public void onNext(byte[] bytes) {
      Message request =
          MessageReader.read(
              FieldTable.xds().type("envoy.service.discovery.v3.DiscoveryRequest"),
              bytes,
              "",
              new Findings());
      synchronized (XdsServer.this) {
        String type = request.string("type_url");
        Set<String> names = new HashSet<>(request.strings("resource_names"));
        Set<String> before = subscribed.put(type, names);
        if (before == null || !before.equals(names)) {
          send(type);
        }
      }
    }

    private void sendAll() {
      subscribed.keySet().forEach(this::send);
    }

    private void send(String type) {
      Set<String> names = subscribed.getOrDefault(type, Set.of());
      List<AnyMessage> all = new ArrayList<>();
      resources
          .getOrDefault(type, Map.of())
          .forEach(
              (name, message) -> {
                if (names.isEmpty() || names.contains(name)) {
                  all.add(AnyMessage.of(message));
                }
              });
      responses.onNext(
          Message.of(
                  "envoy.service.discovery.v3.DiscoveryResponse",
                  response ->
                      response
                          .set("version_info", Integer.toString(version))
                          .set("type_url", type)
                          .set("nonce", type + version)
                          .addAll("resources", all))
              .toBytes());
    }

    @Override
    public void onError(Throwable failure) {
      synchronized (XdsServer.this) {
        streams.remove(this);
      }
    }

    @Override
    public void onCompleted() {
      onError(new IOException("completed"));
    }
  }

  private static final class Bytes implements MethodDescriptor.Marshaller<byte[]> {
    @Override
    public InputStream stream(byte[] value) {
      return new ByteArrayInputStream(value);
    }

    @Override
    public byte[] parse(InputStream stream) {
      try {
        return stream.readAllBytes();
      } catch (IOException broken) {
        throw new UncheckedIOException(broken);
      }
    }
  }

  @Override
  public void close() {
    server.shutdownNow();
  }
}
