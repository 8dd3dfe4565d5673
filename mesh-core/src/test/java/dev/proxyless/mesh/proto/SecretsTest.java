package dev.proxyless.mesh.proto;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.protobuf.Any;
import com.google.protobuf.ByteString;
import dev.proxyless.mesh.document.Json;
import io.envoyproxy.envoy.config.cluster.v3.Cluster;
import io.envoyproxy.envoy.config.core.v3.DataSource;
import io.envoyproxy.envoy.config.core.v3.TransportSocket;
import io.envoyproxy.envoy.extensions.transport_sockets.tls.v3.CommonTlsContext;
import io.envoyproxy.envoy.extensions.transport_sockets.tls.v3.TlsCertificate;
import io.envoyproxy.envoy.extensions.transport_sockets.tls.v3.UpstreamTlsContext;
import java.util.Base64;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A private key stands in no text that this room makes. */
final class SecretsTest {

  private static final String SECRET = "hunter2-hunter2";
  private static final String CERTIFICATE =
      "envoy.extensions.transport_sockets.tls.v3.TlsCertificate";

  @Test
  void anInlineKeyIsLeftOutOfTheJsonOfACluster() {
    DataSource key = DataSource.newBuilder().setInlineString(SECRET).build();
    String json = Json.pretty(JsonWriter.write(cluster(key)));
    assertTrue(json.contains("\"private_key\": \"[redacted]\""), json);
    assertShowsNothing(json);
  }

  @Test
  void keyBytesAreLeftOutToo() {
    DataSource key =
        DataSource.newBuilder().setInlineBytes(ByteString.copyFromUtf8(SECRET)).build();
    assertShowsNothing(Json.line(JsonWriter.write(cluster(key))));
  }

  @Test
  void theNameOfAKeyFileIsNoSecret() {
    DataSource key = DataSource.newBuilder().setFilename("/etc/mesh/key.pem").build();
    String json = Json.line(JsonWriter.write(cluster(key)));
    assertTrue(json.contains("\"private_key\":{\"filename\":\"/etc/mesh/key.pem\"}"), json);
  }

  @ParameterizedTest
  @ValueSource(strings = {"private_key", "password", "pkcs12"})
  void whatHoldsAKeyIsLeftOutOfMessagesThatWereBuilt(String field) {
    Message built =
        Message.of(
            CERTIFICATE,
            certificate -> certificate.set(field, source -> source.set("inline_string", SECRET)));
    assertEquals("{\"" + field + "\":\"[redacted]\"}", Json.line(JsonWriter.write(built)));
  }

  @Test
  void textFormsShowNothing() {
    TlsCertificate certificate =
        TlsCertificate.newBuilder()
            .setPrivateKey(DataSource.newBuilder().setInlineString(SECRET))
            .build();
    Message message =
        MessageReader.read(
            FieldTable.xds().type(CERTIFICATE), certificate.toByteArray(), "", new Findings());
    assertEquals(CERTIFICATE, message.toString());
    assertEquals(
        "envoy.config.core.v3.DataSource at private_key",
        message.requiredMessage("private_key").toString());
    assertShowsNothing(AnyMessage.of(message).toString());
    assertShowsNothing(AnyMessage.of("x/y", SECRET.getBytes(UTF_8)).toString());
    assertShowsNothing(new Opaque(SECRET.getBytes(UTF_8)).toString());
  }

  @Test
  void anAnyInAnAnyIsShownToABoundedDepth() {
    byte[] inner = new byte[0];
    String type = "envoy.config.core.v3.TransportSocket";
    for (int i = 0; i < 3_000; i++) {
      inner =
          TransportSocket.newBuilder()
              .setTypedConfig(
                  Any.newBuilder()
                      .setTypeUrl("type.googleapis.com/" + type)
                      .setValue(ByteString.copyFrom(inner)))
              .build()
              .toByteArray();
    }
    Message deep = MessageReader.read(FieldTable.xds().type(type), inner, "", new Findings());
    String json = Json.line(JsonWriter.write(deep));
    assertEquals(11, json.split("@type", -1).length - 1, json);
  }

  private static Message cluster(DataSource key) {
    CommonTlsContext common =
        CommonTlsContext.newBuilder()
            .addTlsCertificates(TlsCertificate.newBuilder().setPrivateKey(key))
            .build();
    Cluster cluster =
        Cluster.newBuilder()
            .setTransportSocket(
                TransportSocket.newBuilder()
                    .setTypedConfig(
                        Any.pack(
                            UpstreamTlsContext.newBuilder().setCommonTlsContext(common).build())))
            .build();
    return MessageReader.read(
        FieldTable.xds().type("envoy.config.cluster.v3.Cluster"),
        cluster.toByteArray(),
        "",
        new Findings());
  }

  private static void assertShowsNothing(String text) {
    assertFalse(text.contains("hunter2"), text);
    String base64 = Base64.getEncoder().encodeToString(SECRET.getBytes(UTF_8));
    assertFalse(text.contains(base64), text);
  }
}
