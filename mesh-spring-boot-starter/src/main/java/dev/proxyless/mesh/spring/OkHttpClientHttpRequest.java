package dev.proxyless.mesh.spring;

import java.io.IOException;
import java.io.OutputStream;
import java.net.URI;
import okhttp3.Call;
import okhttp3.HttpUrl;
import okhttp3.MediaType;
import okhttp3.Request;
import okhttp3.RequestBody;
import okio.BufferedSink;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpMethod;
import org.springframework.http.StreamingHttpOutputMessage;
import org.springframework.http.client.AbstractClientHttpRequest;
import org.springframework.http.client.ClientHttpResponse;
import org.springframework.util.Assert;
import org.springframework.util.FastByteArrayOutputStream;

/**
 * One request. A body that is set as a callback is written straight to the connection; one that is
 * written to {@link #getBody} is kept and can be sent again.
 */
final class OkHttpClientHttpRequest extends AbstractClientHttpRequest
    implements StreamingHttpOutputMessage {

  private static final int BUFFER_BYTES = 1024;

  private final Call.Factory calls;
  private final URI uri;
  private final HttpUrl url;
  private final HttpMethod method;
  private @Nullable Body body;
  private @Nullable FastByteArrayOutputStream buffer;

  OkHttpClientHttpRequest(Call.Factory calls, URI uri, HttpUrl url, HttpMethod method) {
    this.calls = calls;
    this.uri = uri;
    this.url = url;
    this.method = method;
  }

  @Override
  public HttpMethod getMethod() {
    return method;
  }

  @Override
  public URI getURI() {
    return uri;
  }

  @Override
  public void setBody(Body streamed) {
    assertNotExecuted();
    Assert.state(buffer == null, "Invoke either getBody or setBody; not both");
    body = streamed;
  }

  @Override
  protected OutputStream getBodyInternal(HttpHeaders headers) {
    Assert.state(body == null, "Invoke either getBody or setBody; not both");
    FastByteArrayOutputStream written = buffer;
    if (written == null) {
      written = new FastByteArrayOutputStream(BUFFER_BYTES);
      buffer = written;
    }
    return written;
  }

  @Override
  protected ClientHttpResponse executeInternal(HttpHeaders headers) throws IOException {
    Request.Builder request = new Request.Builder().url(url);
    headers.forEach((name, values) -> values.forEach(value -> request.addHeader(name, value)));
    RequestBody content = content(headers);
    try {
      request.method(method.name(), content);
    } catch (IllegalArgumentException refused) {
      throw new IllegalArgumentException(
          method
              + " "
              + url.redact()
              + " has a body, which OkHttp does not send with "
              + method
              + "; leave it out, or use a method that has one",
          refused);
    }
    return new OkHttpClientHttpResponse(calls.newCall(request.build()).execute());
  }

  private @Nullable RequestBody content(HttpHeaders headers) {
    if (body != null) {
      return new StreamedBody(body, headers.getContentLength());
    }
    if (buffer != null && buffer.size() > 0) {
      return new StreamedBody(new Buffered(buffer), buffer.size());
    }
    return requiresBody() ? RequestBody.EMPTY : null;
  }

  /** OkHttp refuses these methods without a body, be it empty. */
  private boolean requiresBody() {
    return switch (method.name()) {
      case "POST", "PUT", "PATCH", "PROPPATCH", "QUERY", "REPORT" -> true;
      default -> false;
    };
  }

  /** What was written to {@link #getBody}. */
  private record Buffered(FastByteArrayOutputStream bytes) implements Body {
    @Override
    public void writeTo(OutputStream out) throws IOException {
      bytes.writeTo(out);
    }

    @Override
    public boolean repeatable() {
      return true;
    }
  }

  /**
   * A body of Spring as one of OkHttp. Its content type is among the request's headers already; a
   * length of -1 is unknown, and sent in chunks.
   */
  private static final class StreamedBody extends RequestBody {
    private final Body body;
    private final long length;

    StreamedBody(Body body, long length) {
      this.body = body;
      this.length = length;
    }

    @Override
    public @Nullable MediaType contentType() {
      return null;
    }

    @Override
    public long contentLength() {
      return length;
    }

    @Override
    public boolean isOneShot() {
      return !body.repeatable();
    }

    @Override
    public void writeTo(BufferedSink sink) throws IOException {
      body.writeTo(sink.outputStream());
    }
  }
}
