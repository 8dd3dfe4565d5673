package dev.proxyless.mesh.xds;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.Message;
import com.google.protobuf.TypeRegistry;
import com.google.protobuf.util.JsonFormat;
import dev.proxyless.mesh.document.Documents;
import dev.proxyless.mesh.document.Json;
import dev.proxyless.mesh.document.Node;
import dev.proxyless.mesh.model.Cluster;
import dev.proxyless.mesh.model.EndpointAssignment;
import dev.proxyless.mesh.model.Listener;
import dev.proxyless.mesh.model.RouteConfiguration;
import dev.proxyless.mesh.proto.FieldTable;
import dev.proxyless.mesh.proto.Findings;
import dev.proxyless.mesh.proto.InvalidMessageException;
import dev.proxyless.mesh.proto.JsonReader;
import dev.proxyless.mesh.proto.MessageType;
import io.envoyproxy.envoy.config.endpoint.v3.ClusterLoadAssignment;
import io.envoyproxy.envoy.extensions.filters.http.cors.v3.Cors;
import io.envoyproxy.envoy.extensions.filters.http.fault.v3.HTTPFault;
import io.envoyproxy.envoy.extensions.filters.http.router.v3.Router;
import io.envoyproxy.envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager;
import io.envoyproxy.envoy.extensions.filters.network.tcp_proxy.v3.TcpProxy;
import io.envoyproxy.envoy.extensions.internal_redirect.allow_listed_routes.v3.AllowListedRoutesConfig;
import io.envoyproxy.envoy.extensions.internal_redirect.previous_routes.v3.PreviousRoutesConfig;
import io.envoyproxy.envoy.extensions.internal_redirect.safe_cross_scheme.v3.SafeCrossSchemeConfig;
import io.envoyproxy.envoy.extensions.path.match.uri_template.v3.UriTemplateMatchConfig;
import io.envoyproxy.envoy.extensions.path.rewrite.uri_template.v3.UriTemplateRewriteConfig;
import io.envoyproxy.envoy.extensions.retry.host.omit_canary_hosts.v3.OmitCanaryHostsPredicate;
import io.envoyproxy.envoy.extensions.retry.host.omit_host_metadata.v3.OmitHostMetadataConfig;
import io.envoyproxy.envoy.extensions.retry.host.previous_hosts.v3.PreviousHostsPredicate;
import io.envoyproxy.envoy.extensions.retry.priority.previous_priorities.v3.PreviousPrioritiesConfig;
import io.envoyproxy.envoy.extensions.transport_sockets.raw_buffer.v3.RawBuffer;
import io.envoyproxy.envoy.extensions.transport_sockets.tls.v3.DownstreamTlsContext;
import io.envoyproxy.envoy.extensions.transport_sockets.tls.v3.UpstreamTlsContext;
import io.envoyproxy.envoy.extensions.upstreams.http.v3.HttpProtocolOptions;
import io.envoyproxy.envoy.type.matcher.v3.HttpRequestHeaderMatchInput;
import io.envoyproxy.envoy.type.matcher.v3.HttpRequestQueryParamMatchInput;
import io.envoyproxy.envoy.type.matcher.v3.HttpResponseHeaderMatchInput;
import java.util.List;

/**
 * Decodes a resource that a test writes in YAML in both ways: by the official classes to bytes and
 * from there, and as the text that it is. Both must say the same.
 */
final class Decoding {

  static final String HTTP_CONNECTION_MANAGER =
      "\"@type\": type.googleapis.com/"
          + "envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager";

  private static final TypeRegistry TYPES =
      TypeRegistry.newBuilder()
          .add(HttpConnectionManager.getDescriptor())
          .add(Router.getDescriptor())
          .add(HTTPFault.getDescriptor())
          .add(Cors.getDescriptor())
          .add(PreviousHostsPredicate.getDescriptor())
          .add(OmitCanaryHostsPredicate.getDescriptor())
          .add(OmitHostMetadataConfig.getDescriptor())
          .add(PreviousPrioritiesConfig.getDescriptor())
          .add(io.envoyproxy.envoy.extensions.filters.http.rbac.v3.RBAC.getDescriptor())
          .add(io.envoyproxy.envoy.extensions.filters.http.ext_authz.v3.ExtAuthz.getDescriptor())
          .add(
              io.envoyproxy.envoy.extensions.filters.http.jwt_authn.v3.JwtAuthentication
                  .getDescriptor())
          .add(io.envoyproxy.envoy.extensions.filters.http.oauth2.v3.OAuth2.getDescriptor())
          .add(io.envoyproxy.envoy.extensions.filters.http.basic_auth.v3.BasicAuth.getDescriptor())
          .add(
              io.envoyproxy.envoy.extensions.filters.http.api_key_auth.v3.ApiKeyAuth
                  .getDescriptor())
          .add(io.envoyproxy.envoy.extensions.filters.network.rbac.v3.RBAC.getDescriptor())
          .add(TcpProxy.getDescriptor())
          .add(RawBuffer.getDescriptor())
          .add(UpstreamTlsContext.getDescriptor())
          .add(DownstreamTlsContext.getDescriptor())
          .add(HttpProtocolOptions.getDescriptor())
          .add(io.envoyproxy.envoy.config.route.v3.RouteConfiguration.getDescriptor())
          .add(io.envoyproxy.envoy.config.route.v3.Route.getDescriptor())
          .add(io.envoyproxy.envoy.config.route.v3.RouteList.getDescriptor())
          .add(io.envoyproxy.envoy.config.route.v3.FilterConfig.getDescriptor())
          .add(UriTemplateMatchConfig.getDescriptor())
          .add(UriTemplateRewriteConfig.getDescriptor())
          .add(PreviousRoutesConfig.getDescriptor())
          .add(AllowListedRoutesConfig.getDescriptor())
          .add(SafeCrossSchemeConfig.getDescriptor())
          .add(HttpRequestHeaderMatchInput.getDescriptor())
          .add(HttpRequestQueryParamMatchInput.getDescriptor())
          .add(HttpResponseHeaderMatchInput.getDescriptor())
          .build();

  private final Decoder decoder;

  Decoding(Checks checks) {
    decoder = new Decoder(checks);
  }

  Listener listener(String yaml) {
    return (Listener) decode(ResourceType.LISTENER, yaml).model();
  }

  RouteConfiguration routes(String yaml) {
    return (RouteConfiguration) decode(ResourceType.ROUTE_CONFIGURATION, yaml).model();
  }

  Cluster cluster(String yaml) {
    return (Cluster) decode(ResourceType.CLUSTER, yaml).model();
  }

  EndpointAssignment assignment(String yaml) {
    return (EndpointAssignment) decode(ResourceType.CLUSTER_LOAD_ASSIGNMENT, yaml).model();
  }

  Decoded decode(ResourceType type, String yaml) {
    Decoded fromBytes = decoder.decode(type, bytes(type, yaml));
    Decoded fromText = decoder.decode(type, node(yaml));
    assertEquals(fromBytes.model(), fromText.model());
    assertEquals(fromBytes.name(), fromText.name());
    assertEquals(fromBytes.findings().all(), fromText.findings().all());
    return fromBytes;
  }

  /** What is reported, one line each. */
  List<String> reported(ResourceType type, String yaml) {
    return decode(type, yaml).findings().reported().stream().map(Object::toString).toList();
  }

  void assertRefused(ResourceType type, String yaml, String message) {
    assertEquals(message, refusal(type, yaml));
  }

  /** Why a resource is refused; what is told begins with the field's path. */
  String refusal(ResourceType type, String yaml) {
    InvalidMessageException fromBytes =
        assertThrows(
            InvalidMessageException.class, () -> decoder.decode(type, bytes(type, yaml)), yaml);
    InvalidMessageException fromText =
        assertThrows(InvalidMessageException.class, () -> decoder.decode(type, node(yaml)), yaml);
    String message = String.valueOf(fromBytes.getMessage());
    assertEquals(message, fromText.getMessage());
    assertEquals(fromBytes.path(), fromText.path());
    assertEquals(message.substring(0, message.indexOf(": ")), fromBytes.path());
    return message;
  }

  private static Node node(String yaml) {
    return Documents.parse("test.yaml", yaml);
  }

  /**
   * The bytes that the official classes make of it; our own writer's where it sets a field that the
   * official classes do not have yet.
   */
  static byte[] bytes(ResourceType type, String yaml) {
    Message.Builder builder =
        switch (type) {
          case LISTENER -> io.envoyproxy.envoy.config.listener.v3.Listener.newBuilder();
          case ROUTE_CONFIGURATION ->
              io.envoyproxy.envoy.config.route.v3.RouteConfiguration.newBuilder();
          case CLUSTER -> io.envoyproxy.envoy.config.cluster.v3.Cluster.newBuilder();
          case CLUSTER_LOAD_ASSIGNMENT -> ClusterLoadAssignment.newBuilder();
        };
    try {
      JsonFormat.parser().usingTypeRegistry(TYPES).merge(Json.line(node(yaml).plain()), builder);
    } catch (InvalidProtocolBufferException wrong) {
      if (String.valueOf(wrong.getMessage()).startsWith("Cannot find field: ")) {
        MessageType table = FieldTable.xds().type(type.messageName());
        return JsonReader.read(table, node(yaml), new Findings()).toBytes();
      }
      throw new AssertionError(yaml, wrong);
    }
    return builder.build().toByteArray();
  }
}
