package dev.proxyless.mesh.spring;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import mockwebserver3.MockResponse;
import mockwebserver3.MockWebServer;
import mockwebserver3.RecordedRequest;
import okhttp3.OkHttpClient;
import okhttp3.Request;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.core.io.InputStreamResource;
import org.springframework.http.HttpMethod;
import org.springframework.http.MediaType;
import org.springframework.http.StreamingHttpOutputMessage;
import org.springframework.http.StreamingHttpOutputMessage.Body;
import org.springframework.http.client.ClientHttpRequest;
import org.springframework.http.client.ClientHttpResponse;
import org.springframework.web.client.RestClient;

class OkHttpClientHttpRequestFactoryTest {

  private final MockWebServer server = new MockWebServer();
  private final List<Request> made = new ArrayList<>();
  private final OkHttpClient client = new OkHttpClient();
  private final OkHttpClientHttpRequestFactory factory =
      new OkHttpClientHttpRequestFactory(
          request -> {
            made.add(request);
            return client.newCall(request);
          });

  @BeforeEach
  void start() throws IOException {
    server.start();
  }

  @AfterEach
  void stop() {
    server.close();
  }

  private ClientHttpRequest request(HttpMethod method) {
    return factory.createRequest(server.url("/things?a=b%20c").uri(), method);
  }

  private RecordedRequest send(ClientHttpRequest request) throws IOException, InterruptedException {
    server.enqueue(new MockResponse.Builder().build());
    request.execute().close();
    return server.takeRequest();
  }

  private RestClient rest() {
    return RestClient.builder().requestFactory(factory).baseUrl(server.url("/").toString()).build();
  }

  @Test
  void methodUrlAndHeadersAreSentAsTheyAre() throws Exception {
    ClientHttpRequest request = request(HttpMethod.GET);
    request.getHeaders().add("X-Thing", "one");
    request.getHeaders().add("X-Thing", "two");

    RecordedRequest sent = send(request);

    assertEquals("GET", sent.getMethod());
    assertEquals("/things?a=b%20c", sent.getTarget());
    assertEquals(List.of("one", "two"), sent.getHeaders().values("X-Thing"));
    assertEquals(0, sent.getBodySize());
  }

  @Test
  void theRequestTellsWhatItIs() {
    ClientHttpRequest request = request(HttpMethod.DELETE);

    assertEquals(HttpMethod.DELETE, request.getMethod());
    assertEquals(server.url("/things?a=b%20c").uri(), request.getURI());
  }

  @Test
  void aWrittenBodyHasItsLengthAndCanBeSentAgain() throws Exception {
    ClientHttpRequest request = request(HttpMethod.POST);
    request.getHeaders().setContentType(MediaType.TEXT_PLAIN);
    request.getBody().write("hello".getBytes(UTF_8));

    RecordedRequest sent = send(request);

    assertEquals("hello", sent.getBody().utf8());
    assertEquals(List.of("text/plain"), sent.getHeaders().values("Content-Type"));
    assertEquals("5", sent.getHeaders().get("Content-Length"));
    assertFalse(made.get(0).body().isOneShot());
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void aStreamedBodyCanBeSentAgainWhereItSaysSo(boolean repeatable) throws Exception {
    ClientHttpRequest request = request(HttpMethod.PUT);
    ((StreamingHttpOutputMessage) request)
        .setBody(
            new Body() {
              @Override
              public void writeTo(OutputStream out) throws IOException {
                out.write("streamed".getBytes(UTF_8));
              }

              @Override
              public boolean repeatable() {
                return repeatable;
              }
            });

    RecordedRequest sent = send(request);

    assertEquals("streamed", sent.getBody().utf8());
    assertEquals("chunked", sent.getHeaders().get("Transfer-Encoding"));
    assertEquals(!repeatable, made.get(0).body().isOneShot());
  }

  @Test
  void aStreamedBodyOfKnownLengthIsSentWithIt() throws Exception {
    ClientHttpRequest request = request(HttpMethod.PUT);
    request.getHeaders().setContentLength(3);
    ((StreamingHttpOutputMessage) request).setBody("abc".getBytes(UTF_8));

    RecordedRequest sent = send(request);

    assertEquals("3", sent.getHeaders().get("Content-Length"));
    assertEquals("abc", sent.getBody().utf8());
  }

  @Test
  void aStreamedBodyArrivesWhileItIsWritten() throws Exception {
    CountDownLatch arrived = new CountDownLatch(1);
    AtomicBoolean arrivedBeforeTheRest = new AtomicBoolean();
    try (ServerSocket listening = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      Thread reader = new Thread(() -> answerOnce(listening, arrived));
      reader.start();
      ClientHttpRequest request =
          factory.createRequest(
              URI.create("http://127.0.0.1:" + listening.getLocalPort() + "/"), HttpMethod.POST);
      ((StreamingHttpOutputMessage) request)
          .setBody(
              out -> {
                out.write("first".getBytes(UTF_8));
                out.flush();
                try {
                  arrivedBeforeTheRest.set(arrived.await(10, TimeUnit.SECONDS));
                } catch (InterruptedException interrupted) {
                  throw new IOException(interrupted);
                }
                out.write("last".getBytes(UTF_8));
              });

      try (ClientHttpResponse response = request.execute()) {
        assertEquals(200, response.getStatusCode().value());
      }
      reader.join();
    }
    assertTrue(arrivedBeforeTheRest.get());
  }

  private static void answerOnce(ServerSocket listening, CountDownLatch arrived) {
    try (Socket socket = listening.accept()) {
      StringBuilder received = new StringBuilder();
      while (!received.toString().contains("last")) {
        int next = socket.getInputStream().read();
        if (next < 0) {
          return;
        }
        received.append((char) next);
        if (received.toString().endsWith("first")) {
          arrived.countDown();
        }
      }
      socket
          .getOutputStream()
          .write("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n".getBytes(UTF_8));
    } catch (IOException failed) {
      throw new UncheckedIOException(failed);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"POST", "PUT", "PATCH", "QUERY"})
  void aMethodThatNeedsABodyGetsAnEmptyOne(String method) throws Exception {
    RecordedRequest sent = send(request(HttpMethod.valueOf(method)));

    assertEquals(method, sent.getMethod());
    assertEquals("0", sent.getHeaders().get("Content-Length"));
  }

  @Test
  void deleteMayHaveABodyAndMayHaveNone() throws Exception {
    ClientHttpRequest request = request(HttpMethod.DELETE);
    request.getBody().write("gone".getBytes(UTF_8));

    assertEquals("gone", send(request).getBody().utf8());
    assertNull(send(request(HttpMethod.DELETE)).getHeaders().get("Content-Type"));
  }

  @Test
  void getWithABodyIsRefusedWithWhatToDo() throws IOException {
    ClientHttpRequest request = request(HttpMethod.GET);
    request.getBody().write(1);

    IllegalArgumentException refused =
        assertThrows(IllegalArgumentException.class, request::execute);

    String message = String.valueOf(refused.getMessage());
    assertTrue(message.startsWith("GET http://"), message);
    assertTrue(message.contains("leave it out"), message);
    assertFalse(message.contains("a=b"), message);
  }

  @ParameterizedTest
  @ValueSource(strings = {"/relative", "ftp://host/", "mailto:a@b"})
  void aUrlThatIsNotOfHttpIsRefused(String url) {
    assertThrows(
        IllegalArgumentException.class,
        () -> factory.createRequest(URI.create(url), HttpMethod.GET));
  }

  @Test
  void theResponseHasStatusTextHeadersAndBody() throws IOException {
    server.enqueue(
        new MockResponse.Builder()
            .status("HTTP/1.1 418 Short and stout")
            .addHeader("X-Thing", "one")
            .addHeader("X-Thing", "two")
            .body("tea")
            .build());

    try (ClientHttpResponse response = request(HttpMethod.GET).execute()) {
      assertEquals(418, response.getStatusCode().value());
      assertEquals("Short and stout", response.getStatusText());
      assertEquals(List.of("one", "two"), response.getHeaders().get("x-thing"));
      assertArrayEquals("tea".getBytes(UTF_8), response.getBody().readAllBytes());
      assertThrows(UnsupportedOperationException.class, () -> response.getHeaders().add("a", "b"));
    }
  }

  @Test
  void theResponsesBodyIsReadWhileItArrives() throws Exception {
    CountDownLatch read = new CountDownLatch(1);
    try (ServerSocket listening = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      Thread sender = new Thread(() -> answerInPart(listening, read));
      sender.start();
      try (ClientHttpResponse response =
          factory
              .createRequest(
                  URI.create("http://127.0.0.1:" + listening.getLocalPort() + "/"), HttpMethod.GET)
              .execute()) {
        byte[] first = new byte[5];
        assertEquals(5, response.getBody().readNBytes(first, 0, 5));
        assertArrayEquals("first".getBytes(UTF_8), first);
      } finally {
        read.countDown();
      }
      sender.join();
    }
  }

  /** Promises a thousand bytes, sends five, and waits. */
  private static void answerInPart(ServerSocket listening, CountDownLatch read) {
    try (Socket socket = listening.accept()) {
      socket
          .getOutputStream()
          .write("HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\nfirst".getBytes(UTF_8));
      read.await();
    } catch (IOException failed) {
      throw new UncheckedIOException(failed);
    } catch (InterruptedException interrupted) {
      Thread.currentThread().interrupt();
    }
  }

  @Test
  void aRequestIsMadeOnce() throws IOException {
    server.enqueue(new MockResponse.Builder().build());
    ClientHttpRequest request = request(HttpMethod.GET);
    request.execute().close();

    assertThrows(IllegalStateException.class, request::execute);
    assertEquals(1, server.getRequestCount());
  }

  @Test
  void restClientSendsObjectsThatCanBeSentAgainAndStreamsThatCannot() {
    server.enqueue(
        new MockResponse.Builder()
            .body("{}")
            .setHeader("Content-Type", "application/json")
            .build());
    server.enqueue(new MockResponse.Builder().build());
    InputStream stream = new ByteArrayInputStream("bytes".getBytes(UTF_8));

    rest()
        .post()
        .contentType(MediaType.APPLICATION_JSON)
        .body(Map.of("a", 1))
        .retrieve()
        .body(Map.class);
    rest().post().body(new InputStreamResource(stream)).retrieve().toBodilessEntity();

    assertFalse(made.get(0).body().isOneShot());
    assertTrue(made.get(1).body().isOneShot());
  }

  @Test
  void interceptorsOfRestClientWork() throws Exception {
    server.enqueue(new MockResponse.Builder().build());

    rest()
        .mutate()
        .requestInterceptor(
            (request, body, execution) -> {
              request.getHeaders().add("X-Seen", new String(body, UTF_8));
              return execution.execute(request, body);
            })
        .build()
        .post()
        .body("hello")
        .retrieve()
        .toBodilessEntity();

    RecordedRequest sent = server.takeRequest();
    assertEquals("hello", sent.getHeaders().get("X-Seen"));
    assertEquals("hello", sent.getBody().utf8());
  }
}
