package dev.proxyless.mesh.okhttp;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;

import com.squareup.wire.FieldEncoding;
import com.squareup.wire.GrpcClient;
import com.squareup.wire.GrpcException;
import com.squareup.wire.GrpcMethod;
import com.squareup.wire.GrpcStatus;
import com.squareup.wire.MessageSink;
import com.squareup.wire.MessageSource;
import com.squareup.wire.ProtoAdapter;
import com.squareup.wire.ProtoReader;
import com.squareup.wire.ProtoWriter;
import com.squareup.wire.Syntax;
import dev.proxyless.mesh.testing.Await;
import java.io.IOException;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import kotlin.Pair;
import mockwebserver3.MockResponse;
import mockwebserver3.MockWebServer;
import mockwebserver3.RecordedRequest;
import okhttp3.Headers;
import okhttp3.Protocol;
import okio.Buffer;
import okio.BufferedSink;
import okio.BufferedSource;
import okio.Okio;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Square Wire's gRPC client on a client of the mesh. */
class WireGrpcTest {

  /** A message with one string. */
  private static final ProtoAdapter<String> TEXT =
      new ProtoAdapter<>(
          FieldEncoding.LENGTH_DELIMITED, String.class, "type.test/Text", Syntax.PROTO_3, "") {
        @Override
        public String redact(String value) {
          return value;
        }

        @Override
        public int encodedSize(String value) {
          return STRING.encodedSizeWithTag(1, value);
        }

        @Override
        public void encode(ProtoWriter writer, String value) throws IOException {
          STRING.encodeWithTag(writer, 1, value);
        }

        @Override
        public String decode(ProtoReader reader) throws IOException {
          String value = "";
          long token = reader.beginMessage();
          for (int tag = reader.nextTag(); tag != -1; tag = reader.nextTag()) {
            value = STRING.decode(reader);
          }
          reader.endMessageAndGetUnknownFields(token);
          return value;
        }
      };

  private static final GrpcMethod<String, String> GREET =
      new GrpcMethod<>("/test.Greeter/Greet", TEXT, TEXT);

  private MeshRig rig;
  private MockWebServer backend;
  private GrpcClient client;

  @BeforeEach
  void start() throws Exception {
    rig = new MeshRig();
    backend = new MockWebServer();
    backend.setProtocols(List.of(Protocol.H2_PRIOR_KNOWLEDGE));
    backend.start();
    rig.closeLater(backend);
    rig.cluster("c", "http2_protocol_options: {}", backend)
        .route("cluster: c, retry_policy: {retry_on: unavailable}");
    client =
        new GrpcClient.Builder()
            .client(rig.client())
            .baseUrl(MeshRig.URL)
            .minMessageToCompress(Long.MAX_VALUE)
            .build();
  }

  @AfterEach
  void stop() throws IOException {
    rig.close();
  }

  private static Buffer frame(String message) {
    byte[] bytes = TEXT.encode(message);
    return new Buffer().writeByte(0).writeInt(bytes.length).write(bytes);
  }

  private static String message(BufferedSource source) throws IOException {
    source.skip(1);
    return TEXT.decode(source.readByteArray(source.readInt()));
  }

  private static MockResponse.Builder head() {
    return new MockResponse.Builder().clearHeaders().addHeader("content-type", "application/grpc");
  }

  private static MockResponse status(int status) {
    return head().addHeader("grpc-status", status).addHeader("grpc-message", "because").build();
  }

  @Test
  void aCallIsAnsweredWithItsTrailers() throws Exception {
    backend.enqueue(
        head().body(frame("hello you")).trailers(Headers.of("grpc-status", "0")).build());
    assertEquals("hello you", client.newCall(GREET).executeBlocking("you"));
    RecordedRequest request = backend.takeRequest();
    assertEquals("/test.Greeter/Greet", request.getTarget());
    assertEquals("you", message(new Buffer().write(request.getBody())));
    rig.assertNothingIsLeftOver();
  }

  @Test
  void anUnavailableServerIsAskedAgain() throws Exception {
    backend.enqueue(status(14));
    backend.enqueue(
        head().body(frame("hello you")).trailers(Headers.of("grpc-status", "0")).build());
    assertEquals("hello you", client.newCall(GREET).executeBlocking("you"));
    backend.takeRequest();
    assertEquals("you", message(new Buffer().write(backend.takeRequest().getBody())));
    rig.assertNothingIsLeftOver();
  }

  @Test
  void aStatusInTheTrailersIsTheCallers() throws Exception {
    backend.enqueue(
        head()
            .body(frame("x"))
            .trailers(Headers.of("grpc-status", "5", "grpc-message", "no"))
            .build());
    GrpcException failure =
        assertThrows(GrpcException.class, () -> client.newCall(GREET).executeBlocking("you"));
    assertEquals(GrpcStatus.NOT_FOUND.getCode(), failure.getGrpcStatus().getCode());
    rig.assertNothingIsLeftOver();
  }

  @Test
  void aFailureOfTheMeshIsAStatusOfGrpc() throws Exception {
    rig.endpoints("c").pushOnly();
    Await.until(
        "the endpoint left",
        () -> !rig.cluster("c").orElseThrow().toString().contains("127.0.0.1"),
        () -> rig.cluster("c"));
    GrpcException failure =
        assertThrows(GrpcException.class, () -> client.newCall(GREET).executeBlocking("you"));
    assertEquals(GrpcStatus.UNAVAILABLE.getCode(), failure.getGrpcStatus().getCode());
    rig.assertNothingIsLeftOver();
  }

  @Test
  void messagesGoBothWaysAtATime() throws Exception {
    CompletableFuture<Void> served = new CompletableFuture<>();
    backend.enqueue(
        head()
            .trailers(Headers.of("grpc-status", "0"))
            .socketHandler(
                socket -> {
                  try (BufferedSource source = Okio.buffer(socket.getSource());
                      BufferedSink sink = Okio.buffer(socket.getSink())) {
                    while (!source.exhausted()) {
                      sink.writeAll(frame("hello " + message(source)));
                      sink.flush();
                    }
                    served.complete(null);
                  } catch (IOException failed) {
                    served.completeExceptionally(failed);
                  }
                })
            .build());
    Pair<MessageSink<String>, MessageSource<String>> streams =
        client.newStreamingCall(GREET).executeBlocking();
    try (MessageSource<String> answers = streams.getSecond()) {
      try (MessageSink<String> questions = streams.getFirst()) {
        for (String name : List.of("a", "b", "c")) {
          questions.write(name);
          assertEquals("hello " + name, answers.read());
        }
      }
      assertNull(answers.read());
    }
    served.get(20, TimeUnit.SECONDS);
    Await.until("the call ended", () -> rig.mesh().calls().active() == 0, rig::active);
    rig.assertNothingIsLeftOver();
  }
}
