package dev.proxyless.mesh.jdktransport;

import dev.proxyless.mesh.call.LocalReply;
import java.net.http.HttpClient.Version;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandler;
import java.net.http.HttpResponse.BodySubscriber;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Flow;

/** Makes responses of the mesh's own replies. */
final class Local {

  private Local() {}

  /** A response and the body that is to come. */
  record Coming<T>(HttpResponse.ResponseInfo head, CompletionStage<T> body) {}

  static <T> Coming<T> of(LocalReply reply, BodyHandler<T> handler) {
    HttpResponse.ResponseInfo head =
        new MeshResponse.Head(
            reply.status(),
            HeaderEdits.headers(
                reply.headers().stream()
                    .map(header -> Map.entry(header.name(), header.value()))
                    .toList()),
            Version.HTTP_1_1);
    BodySubscriber<T> subscriber = handler.apply(head);
    subscriber.onSubscribe(
        new Once(subscriber, ByteBuffer.wrap(reply.body().getBytes(StandardCharsets.UTF_8))));
    return new Coming<>(head, subscriber.getBody());
  }

  /** A response under the caller's request, once its body has come. */
  static <T> MeshResponse<T> response(
      HttpRequest request, LocalReply reply, Coming<T> coming, T body) {
    return new MeshResponse<>(request, coming.head(), body, reply.info());
  }

  /** Gives one buffer when it is asked, and ends. Belongs to one thread at a time. */
  private static final class Once implements Flow.Subscription {
    private final Flow.Subscriber<List<ByteBuffer>> subscriber;
    private final ByteBuffer body;
    private boolean over;

    Once(Flow.Subscriber<List<ByteBuffer>> subscriber, ByteBuffer body) {
      this.subscriber = subscriber;
      this.body = body;
    }

    @Override
    public void request(long count) {
      if (over) {
        return;
      }
      over = true;
      if (count <= 0) {
        subscriber.onError(new IllegalArgumentException("asked for " + count + " buffers"));
        return;
      }
      if (body.hasRemaining()) {
        subscriber.onNext(List.of(body.asReadOnlyBuffer()));
      }
      subscriber.onComplete();
    }

    @Override
    public void cancel() {
      over = true;
    }
  }
}
