package dev.proxyless.mesh.controlplane;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.fail;

import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.Message;
import com.google.rpc.Status;
import dev.proxyless.mesh.testing.Await;
import io.envoyproxy.envoy.config.core.v3.Node;
import io.envoyproxy.envoy.service.discovery.v3.AggregatedDiscoveryServiceGrpc;
import io.envoyproxy.envoy.service.discovery.v3.DiscoveryRequest;
import io.envoyproxy.envoy.service.discovery.v3.DiscoveryResponse;
import io.grpc.ManagedChannel;
import io.grpc.StatusRuntimeException;
import io.grpc.okhttp.OkHttpChannelBuilder;
import io.grpc.stub.StreamObserver;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * A client that speaks ADS by the official classes of the xDS API, message by message, as Envoy
 * does unless told otherwise.
 */
final class AdsTestClient implements AutoCloseable {

  static final String CDS = "envoy.config.cluster.v3.Cluster";
  static final String EDS = "envoy.config.endpoint.v3.ClusterLoadAssignment";
  static final String LDS = "envoy.config.listener.v3.Listener";
  static final String RDS = "envoy.config.route.v3.RouteConfiguration";

  private static final String PREFIX = "type.googleapis.com/";

  /** A response that must not come is waited for this long. */
  private static final long QUIET_MILLIS = 300;

  private final ManagedChannel channel;
  private final StreamObserver<DiscoveryRequest> requests;
  private final BlockingQueue<Object> received = new LinkedBlockingQueue<>();
  private final Node node;
  private boolean sentNode;

  AdsTestClient(int port, String nodeId, String userAgent) {
    node = Node.newBuilder().setId(nodeId).setUserAgentName(userAgent).build();
    channel = OkHttpChannelBuilder.forAddress("127.0.0.1", port).usePlaintext().build();
    requests =
        AggregatedDiscoveryServiceGrpc.newStub(channel)
            .streamAggregatedResources(
                new StreamObserver<>() {
                  @Override
                  public void onNext(DiscoveryResponse response) {
                    received.add(response);
                  }

                  @Override
                  public void onError(Throwable failure) {
                    received.add(failure);
                  }

                  @Override
                  public void onCompleted() {
                    received.add("completed");
                  }
                });
  }

  static AdsTestClient envoy(int port, String nodeId) {
    return new AdsTestClient(port, nodeId, "envoy");
  }

  void subscribe(String type, String... names) {
    send(type, List.of(names), "", "", null);
  }

  void ack(DiscoveryResponse response, String... names) {
    send(type(response), List.of(names), response.getVersionInfo(), response.getNonce(), null);
  }

  void nack(DiscoveryResponse response, String acceptedVersion, String reason, String... names) {
    send(type(response), List.of(names), acceptedVersion, response.getNonce(), reason);
  }

  private static String type(DiscoveryResponse response) {
    return response.getTypeUrl().substring(PREFIX.length());
  }

  /** The node goes with the first request alone, which is all that the protocol promises. */
  private void send(
      String type, List<String> names, String version, String nonce, @Nullable String error) {
    DiscoveryRequest.Builder request =
        DiscoveryRequest.newBuilder()
            .setTypeUrl(PREFIX + type)
            .addAllResourceNames(names)
            .setVersionInfo(version)
            .setResponseNonce(nonce);
    if (!sentNode) {
      request.setNode(node);
      sentNode = true;
    }
    if (error != null) {
      request.setErrorDetail(Status.newBuilder().setCode(13).setMessage(error));
    }
    requests.onNext(request.build());
  }

  /** The next response, which must be of this type. */
  DiscoveryResponse next(String type) throws InterruptedException {
    Object found = received.poll(Await.LIMIT.toMillis(), TimeUnit.MILLISECONDS);
    if (found instanceof DiscoveryResponse response) {
      assertEquals(type, type(response));
      return response;
    }
    return fail("in place of " + type + " there came " + found);
  }

  /** The next response, taken. */
  DiscoveryResponse nextAcked(String type, String... names) throws InterruptedException {
    DiscoveryResponse response = next(type);
    ack(response, names);
    return response;
  }

  /** Fails if anything comes for a while. */
  void expectNothing() throws InterruptedException {
    Object found = received.poll(QUIET_MILLIS, TimeUnit.MILLISECONDS);
    if (found != null) {
      fail("nothing was to come, but there came " + found);
    }
  }

  /** How the stream ended. */
  io.grpc.Status end() throws InterruptedException {
    Object found = received.poll(Await.LIMIT.toMillis(), TimeUnit.MILLISECONDS);
    if (found instanceof StatusRuntimeException failure) {
      return failure.getStatus();
    }
    return fail("the stream was to end, but there came " + found);
  }

  static <T extends Message> List<T> unpack(DiscoveryResponse response, Class<T> type) {
    return response.getResourcesList().stream()
        .map(
            any -> {
              try {
                return any.unpack(type);
              } catch (InvalidProtocolBufferException broken) {
                throw new IllegalStateException(broken);
              }
            })
        .toList();
  }

  @Override
  public void close() {
    channel.shutdownNow();
  }
}
