package dev.proxyless.mesh.okhttp;

import dev.proxyless.mesh.call.Attempt;
import dev.proxyless.mesh.call.Failure;
import dev.proxyless.mesh.call.MeshCall;
import dev.proxyless.mesh.call.Verdict;
import dev.proxyless.mesh.route.HeaderEdit;
import dev.proxyless.mesh.route.ResponseHeaders;
import dev.proxyless.mesh.time.MeshTime;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.net.SocketTimeoutException;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import okhttp3.Call;
import okhttp3.Headers;
import okhttp3.Interceptor;
import okhttp3.Request;
import okhttp3.Response;
import org.jspecify.annotations.Nullable;

/**
 * One try: an inner call at its endpoint, and how it ended. {@link #execute} may run on another
 * thread than the rest.
 */
final class Try extends AttemptEvents implements ResponseHeaders {

  private final Forwarding owner;
  private final MeshCall own;
  private final Attempt attempt;
  private final Call inner;
  private final boolean direct;
  private final long boundNanos;
  private final boolean boundIsRoutes;
  private final boolean idleIsRoutes;
  private final Runnable slow;
  private volatile MeshTime.@Nullable Timer headBound;
  private volatile boolean perTryOver;
  private volatile boolean upgradeOver;
  private volatile boolean abandoned;
  private volatile boolean handedOver;
  private volatile boolean over;
  private volatile @Nullable IOException overBy;
  private volatile @Nullable Response response;
  private volatile @Nullable IOException failure;

  /**
   * A try that is about to be made.
   *
   * @param slow runs where it has taken {@link Attempt#hedgeAfter}
   */
  Try(Forwarding owner, MeshCall own, Attempt attempt, Runnable slow) {
    super(owner.clientsOf(attempt).client(attempt));
    this.owner = owner;
    this.own = own;
    this.attempt = attempt;
    this.slow = slow;
    long callerLeft = owner.callerLeftNanos();
    long left = attempt.timeLeftNanos();
    long routeLeft = left == 0 ? Long.MAX_VALUE : left;
    boundIsRoutes = routeLeft <= callerLeft;
    boundNanos = Math.min(routeLeft, callerLeft);
    Request request = owner.request();
    direct = InnerRequests.isDirect(request, attempt);
    inner =
        client()
            .newCall(
                direct ? request : InnerRequests.of(request, own, attempt),
                owner.chain(),
                attempt.idleTimeout(),
                boundNanos != Long.MAX_VALUE);
    idleIsRoutes = InnerClient.isBoundBy(attempt.idleTimeout(), owner.chain());
  }

  @Override
  Interceptor.Chain chain() {
    return owner.chain();
  }

  Attempt attempt() {
    return attempt;
  }

  /** Makes the try, up to the head of its response. */
  void execute() throws IOException {
    owner.throwIfCanceled();
    if (boundNanos <= 0) {
      throw new InterruptedIOException("timeout");
    }
    MeshTime.Timer upgradeBound = boundNanos == Long.MAX_VALUE ? null : bound();
    inner.addEventListener(this);
    owner.outer().watch(inner);
    try {
      response = HiddenFromOkHttp.restored(inner, inner.execute());
      if (abandoned) {
        discard();
      }
    } catch (IOException ended) {
      failure = ended;
    } finally {
      cancel(headBound);
      cancel(upgradeBound);
    }
  }

  private static void cancel(MeshTime.@Nullable Timer timer) {
    if (timer != null) {
      timer.cancel();
    }
  }

  /** What the mesh makes of how it ended. */
  Verdict verdict() throws IOException {
    IOException ended = failure;
    if (ended != null) {
      return failed(ended);
    }
    Response received = Objects.requireNonNull(response);
    return own.responded(attempt, received.code(), this);
  }

  /** The first value of a header of the response, or null. */
  @Override
  public @Nullable String apply(@Nullable String name) {
    Response received = response;
    if (received == null || name == null) {
      return null;
    }
    Headers headers = received.headers(); // of which OkHttp's own look-up tells the last value
    for (int i = 0; i < headers.size(); i++) {
      if (headers.name(i).equalsIgnoreCase(name)) {
        return headers.value(i);
      }
    }
    return null;
  }

  @Override
  public List<String> all(String name) {
    Response received = response;
    return received == null ? List.of() : received.headers(name);
  }

  /**
   * Bounds the try. What is upgraded is bounded until its head alone, as OkHttp does with
   * WebSockets, by the timer that this returns.
   */
  private MeshTime.@Nullable Timer bound() {
    if (!InnerClient.isUpgrade(owner.request())) {
      inner.timeout().timeout(boundNanos, TimeUnit.NANOSECONDS);
      return null;
    }
    Runnable end =
        () -> {
          upgradeOver = true;
          inner.cancel();
        };
    return owner.time().schedule(Duration.ofNanos(boundNanos), end);
  }

  /** What bounds the head of the response runs from here. */
  @Override
  void sent() {
    if (headBound != null) {
      return;
    }
    if (!attempt.hedgeAfter().isZero()) {
      headBound = owner.time().schedule(attempt.hedgeAfter(), slow);
    } else if (!attempt.perTryTimeout().isZero()) {
      headBound =
          owner
              .time()
              .schedule(
                  attempt.perTryTimeout(),
                  () -> {
                    perTryOver = true;
                    inner.cancel();
                  });
    }
  }

  private Verdict failed(IOException ended) throws IOException {
    if (owner.isCanceled()) {
      throw new IOException("Canceled", ended);
    }
    if (Thread.currentThread().isInterrupted()) {
      throw ended;
    }
    boolean connected = wasConnected();
    String words = Failures.describe(ended, unanswered(), connected);
    if (perTryOver) {
      return own.failed(attempt, Failure.PER_TRY_TIMEOUT, wasSent(), words);
    }
    if (isCallTimeout(ended)) {
      if (!boundIsRoutes) {
        throw ended; // the application's own call time-out
      }
      return own.failed(attempt, attempt.timeLeftFailure(), wasSent(), words);
    }
    if (connected && isIdleTimeout(ended)) {
      return own.failed(attempt, attempt.idleFailure(), wasSent(), words);
    }
    if (connected && !client().failedByNetwork(inner)) {
      throw ended; // an interceptor of the application
    }
    Failure kind = Failures.classify(ended, unanswered(), connected, attempt.method());
    if (kind == Failure.DEAD_CONNECTION) {
      owner.clientsOf(attempt).renew(client()); // its other idle connections are as old
      kind = owner.resendsOnDeadConnection() ? kind : Failure.CONNECTION_TERMINATION;
    }
    return own.failed(attempt, kind, wasSent(), words);
  }

  private boolean isCallTimeout(IOException ended) {
    return upgradeOver
        || (boundNanos != Long.MAX_VALUE
            && ended instanceof InterruptedIOException
            && !(ended instanceof SocketTimeoutException)
            && "timeout".equals(ended.getMessage()));
  }

  private boolean isIdleTimeout(IOException ended) {
    return idleIsRoutes && ended instanceof SocketTimeoutException;
  }

  /**
   * The inner call is over. What happened before the hand-over is the verdict's matter; a response
   * without a body is over before it is handed over.
   */
  @Override
  void ended(@Nullable IOException by) {
    overBy = by;
    over = true;
    if (handedOver) {
      tellEnd();
    }
  }

  private void tellEnd() {
    IOException by = overBy;
    if (by == null) {
      own.finished();
    } else if (owner.isCanceled()) {
      own.cancelled();
    } else if (isCallTimeout(by)) {
      own.bodyFailed(attempt.timeLeftFailure());
    } else if (isIdleTimeout(by)) {
      own.bodyFailed(attempt.idleFailure());
    } else {
      own.bodyFailed(
          Failures.ofBody(by, Objects.requireNonNull(response).protocol(), isConnectionEnded()));
    }
  }

  /**
   * Gives the response to the caller, under the caller's own request.
   *
   * @param prior the last response that was discarded
   */
  Response handOver(List<HeaderEdit> edits, @Nullable Response prior) {
    Response received = Objects.requireNonNull(response);
    handedOver = true;
    if (over) {
      tellEnd();
    }
    boolean tells = received.networkResponse() != null; // by its network request
    if (tells && direct && edits.isEmpty() && prior == null) {
      return received;
    }
    Request request = owner.request();
    Response.Builder builder =
        received
            .newBuilder()
            .request(tells ? request : MeshInterceptor.tagged(request, own.info()));
    if (prior != null) {
      builder.priorResponse(prior);
    }
    for (HeaderEdit edit : edits) {
      switch (edit.kind()) {
        case SET -> builder.header(edit.name(), edit.value());
        case ADD -> builder.addHeader(edit.name(), edit.value());
        case REMOVE -> builder.removeHeader(edit.name());
      }
    }
    return builder.build();
  }

  /** What is sent of an inner call, of what OkHttp would send. */
  static Request edited(Interceptor.Chain chain) {
    return chain.getEventListener() instanceof Try made
        ? made.edited(chain.request())
        : chain.request();
  }

  private Request edited(Request network) {
    return direct ? InnerRequests.edited(network, own, attempt) : network;
  }

  /** Gives the try up, whose response may still come. */
  void abandon() {
    abandoned = true;
    cancel(headBound);
    inner.cancel();
    discard();
  }

  /**
   * Discards the response, if there is one. Cancelling first makes closing instant, even of a body
   * that stalls.
   */
  void discard() {
    Response received = response;
    if (received != null) {
      inner.cancel();
      received.close();
    }
  }

  @Nullable Response response() {
    return response;
  }

  /** The head of the discarded response, with those before it; those alone where there was none. */
  @Nullable Response head(@Nullable Response prior) {
    Response received = response;
    return received == null
        ? prior
        : Discarded.head(received, MeshInterceptor.tagged(owner.request(), own.info()), prior);
  }
}
