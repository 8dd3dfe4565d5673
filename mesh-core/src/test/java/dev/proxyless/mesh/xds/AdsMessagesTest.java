package dev.proxyless.mesh.xds;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import com.google.protobuf.Any;
import com.google.protobuf.ByteString;
import com.google.protobuf.Struct;
import com.google.protobuf.Value;
import dev.proxyless.mesh.proto.InvalidMessageException;
import io.envoyproxy.envoy.config.cluster.v3.Cluster;
import io.envoyproxy.envoy.config.core.v3.Node;
import io.envoyproxy.envoy.service.discovery.v3.DiscoveryRequest;
import io.envoyproxy.envoy.service.discovery.v3.DiscoveryResponse;
import io.envoyproxy.envoy.service.discovery.v3.Resource;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Requests and responses as the official classes see them. */
final class AdsMessagesTest {

  private static final String CLUSTER_URL = "type.googleapis.com/envoy.config.cluster.v3.Cluster";

  private static final NodeIdentity NODE = new NodeIdentity("id", "", Map.of());

  @Test
  void aRequestIsWhatTheOfficialClassesRead() throws Exception {
    NodeIdentity node =
        new NodeIdentity("mesh/apps/virtualNode/a", "a", Map.of("zone", "z1", "weight", 2L));
    byte[] bytes =
        AdsMessages.request(
            node,
            ResourceType.CLUSTER_LOAD_ASSIGNMENT,
            List.of("a", "b"),
            "7",
            "nonce",
            "endpoints[0]: is wrong");
    DiscoveryRequest expected =
        DiscoveryRequest.newBuilder()
            .setVersionInfo("7")
            .setNode(
                Node.newBuilder()
                    .setId("mesh/apps/virtualNode/a")
                    .setCluster("a")
                    .setUserAgentName("proxyless-mesh")
                    .setMetadata(
                        Struct.newBuilder()
                            .putFields("zone", Value.newBuilder().setStringValue("z1").build())
                            .putFields("weight", Value.newBuilder().setNumberValue(2).build())))
            .addResourceNames("a")
            .addResourceNames("b")
            .setTypeUrl("type.googleapis.com/envoy.config.endpoint.v3.ClusterLoadAssignment")
            .setResponseNonce("nonce")
            .setErrorDetail(
                com.google.rpc.Status.newBuilder().setCode(13).setMessage("endpoints[0]: is wrong"))
            .build();
    assertEquals(expected, DiscoveryRequest.parseFrom(bytes));
  }

  @Test
  void anAcknowledgementSaysNoMoreThanItMust() throws Exception {
    byte[] bytes = AdsMessages.request(NODE, ResourceType.CLUSTER, List.of(), "7", "n", "");
    assertEquals(
        DiscoveryRequest.newBuilder()
            .setVersionInfo("7")
            .setTypeUrl(CLUSTER_URL)
            .setResponseNonce("n")
            .setNode(Node.newBuilder().setId("id").setUserAgentName("proxyless-mesh"))
            .build(),
        DiscoveryRequest.parseFrom(bytes));
  }

  @Test
  void aLongReasonIsCut() throws Exception {
    byte[] bytes =
        AdsMessages.request(NODE, ResourceType.CLUSTER, List.of(), "", "n", "x".repeat(10_000));
    assertEquals(
        "x".repeat(4_096) + "...(truncated)",
        DiscoveryRequest.parseFrom(bytes).getErrorDetail().getMessage());
  }

  @Test
  void resourcesAreReadBareAndWrapped() {
    Cluster a = Cluster.newBuilder().setName("a").build();
    Cluster b = Cluster.newBuilder().setName("b").build();
    AdsMessages.Response response =
        AdsMessages.response(
            DiscoveryResponse.newBuilder()
                .setVersionInfo("1")
                .setNonce("n")
                .setTypeUrl(CLUSTER_URL)
                .addResources(Any.pack(a))
                .addResources(
                    Any.pack(Resource.newBuilder().setName("b").setResource(Any.pack(b)).build()))
                .build()
                .toByteArray());
    assertEquals(CLUSTER_URL, response.typeUrl());
    assertEquals("1", response.version());
    assertEquals("n", response.nonce());
    assertEquals(List.of(), response.errors());
    assertEquals(List.of("a", "b"), response.resources().stream().map(XdsResource::name).toList());
    assertArrayEquals(a.toByteArray(), response.resources().get(0).bytes().array());
    assertArrayEquals(b.toByteArray(), response.resources().get(1).bytes().array());
  }

  @Test
  void aResourceOfAnotherTypeIsAnError() {
    AdsMessages.Response response =
        AdsMessages.response(
            DiscoveryResponse.newBuilder()
                .setTypeUrl(CLUSTER_URL)
                .addResources(Any.pack(Cluster.newBuilder().setName("a").build()))
                .addResources(
                    Any.pack(
                        io.envoyproxy.envoy.config.listener.v3.Listener.newBuilder()
                            .setName("l")
                            .build()))
                .build()
                .toByteArray());
    assertEquals(
        List.of(
            "resources[1]: is a type.googleapis.com/envoy.config.listener.v3.Listener in a response"
                + " of type.googleapis.com/envoy.config.cluster.v3.Cluster"),
        response.errors());
  }

  /** The rest of the response can be read, and so it can be refused by its nonce. */
  @Test
  void aWrapperThatIsBrokenIsAnErrorOfTheResponse() {
    Any broken =
        Any.newBuilder()
            .setTypeUrl("type.googleapis.com/envoy.service.discovery.v3.Resource")
            .setValue(ByteString.copyFrom(new byte[] {0x12, 5}))
            .build();
    AdsMessages.Response response =
        AdsMessages.response(
            DiscoveryResponse.newBuilder()
                .setTypeUrl(CLUSTER_URL)
                .setNonce("n")
                .addResources(broken)
                .build()
                .toByteArray());
    assertEquals("n", response.nonce());
    assertEquals(
        List.of("resources[0]: malformed protobuf: ends within a value"), response.errors());
  }

  @Test
  void aResponseOfAnUnknownTypeIsReadAsFarAsItsEnvelope() {
    AdsMessages.Response response =
        AdsMessages.response(
            DiscoveryResponse.newBuilder()
                .setTypeUrl("type.googleapis.com/envoy.service.runtime.v3.Runtime")
                .setNonce("n")
                .addResources(Any.newBuilder().setTypeUrl("whatever"))
                .build()
                .toByteArray());
    assertEquals(List.of(), response.resources());
    assertEquals(List.of(), response.errors());
  }

  @Test
  void bytesThatAreNoResponseAreRefused() {
    assertThrows(InvalidMessageException.class, () -> AdsMessages.response(new byte[] {0x0a, 5}));
  }
}
