package dev.proxyless.mesh.jdktransport;

import dev.proxyless.mesh.call.Attempt;
import dev.proxyless.mesh.model.Cluster.Protocol;
import java.io.IOException;
import java.net.ProtocolException;
import java.net.URI;
import java.net.URISyntaxException;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublisher;
import java.net.http.HttpRequest.BodyPublishers;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import javax.net.ssl.SSLException;

/** Makes the requests of tries from the caller's own. */
final class TryRequest {

  /** What the JDK's client sets by itself and lets nobody else set. */
  private static final Set<String> CLIENTS_OWN =
      Set.of("connection", "content-length", "expect", "host", "upgrade");

  private TryRequest() {}

  /**
   * The request of one try: it goes to the endpoint's address and says the authority in {@code
   * Host}.
   *
   * @throws IOException if this transport cannot speak to the endpoint; the message says why
   */
  static HttpRequest of(HttpRequest request, ClientHead head, Attempt attempt) throws IOException {
    if (attempt.tls() != null) {
      throw new SSLException(
          attempt
              + " is to be made over TLS, which this transport cannot speak: java.net.http takes an"
              + " SSLContext and the mesh gives a socket factory; take mesh-okhttp for clusters"
              + " with a transport_socket");
    }
    if (attempt.protocol() == Protocol.HTTP2) {
      throw new ProtocolException(
          attempt
              + " is to be made over HTTP/2 without TLS, which java.net.http cannot begin with; take"
              + " mesh-okhttp for clusters with http2_protocol_options");
    }
    HttpRequest.Builder builder =
        HttpRequest.newBuilder(uri(attempt)).expectContinue(request.expectContinue());
    for (Map.Entry<String, String> line : HeaderEdits.apply(head.lines(), attempt.headerEdits())) {
      if (!CLIENTS_OWN.contains(line.getKey().toLowerCase(Locale.ROOT))) {
        builder.header(line.getKey(), line.getValue());
      }
    }
    BodyPublisher body = request.bodyPublisher().orElseGet(BodyPublishers::noBody);
    return builder
        .header("Host", attempt.authority())
        .method(attempt.method(), attempt.sendsBody() ? body : BodyPublishers.noBody())
        .build();
  }

  private static URI uri(Attempt attempt) throws IOException {
    String text = "http://" + attempt.endpoint().name() + attempt.path();
    try {
      return new URI(text);
    } catch (URISyntaxException unusable) {
      throw new ProtocolException(
          "the path to send is \""
              + attempt.path()
              + "\", which java.net.http cannot send: "
              + unusable.getReason());
    }
  }
}
