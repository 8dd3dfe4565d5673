package dev.proxyless.mesh.telemetry;

import dev.proxyless.mesh.Internal;
import io.opentelemetry.api.OpenTelemetry;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.SpanKind;
import io.opentelemetry.api.trace.StatusCode;
import io.opentelemetry.api.trace.Tracer;
import io.opentelemetry.context.Context;
import io.opentelemetry.context.propagation.TextMapGetter;
import io.opentelemetry.context.propagation.TextMapPropagator;
import java.util.List;
import java.util.Set;
import java.util.function.BiConsumer;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * Spans by the OpenTelemetry API, with whatever propagator the application chose. Loaded only where
 * the application gives an {@link OpenTelemetry}. Attributes are set only on spans that record.
 */
@Internal
public final class OpenTelemetryTracing implements MeshTracing {

  private static final String SCOPE = "dev.proxyless.mesh";

  private static final Set<String> METHODS =
      Set.of("GET", "HEAD", "POST", "PUT", "DELETE", "CONNECT", "OPTIONS", "TRACE", "PATCH");

  private final Tracer tracer;
  private final TextMapPropagator propagator;

  public OpenTelemetryTracing(OpenTelemetry openTelemetry) {
    tracer = openTelemetry.getTracer(SCOPE);
    propagator = openTelemetry.getPropagators().getTextMapPropagator();
  }

  @Override
  public boolean isActive() {
    return true;
  }

  @Override
  public Object capture() {
    return Context.current();
  }

  @Override
  public CallSpan call(@Nullable Object captured, String method, String virtualHost, String route) {
    Context parent = captured instanceof Context context ? context : Context.current();
    Span span =
        tracer
            .spanBuilder("mesh.call")
            .setParent(parent)
            .setSpanKind(SpanKind.INTERNAL)
            .startSpan();
    if (span.isRecording()) {
      span.setAttribute("http.request.method", method);
      span.setAttribute("mesh.virtual_host", virtualHost);
      span.setAttribute("mesh.route", route);
    }
    return new OtelCall(parent.with(span), span, route.isEmpty() ? virtualHost : route);
  }

  @Override
  public ServerSpan serve(
      UnaryOperator<@Nullable String> header, String method, String scheme, String path) {
    Context current = Context.current();
    Span known = Span.fromContext(current);
    if (known.getSpanContext().isValid()) {
      return new OtelServer(current, known, false);
    }
    Context parent = propagator.extract(current, header, Getter.INSTANCE);
    boolean isKnownMethod = METHODS.contains(method);
    Span span =
        tracer
            .spanBuilder(isKnownMethod ? method : "HTTP")
            .setParent(parent)
            .setSpanKind(SpanKind.SERVER)
            .startSpan();
    if (span.isRecording()) {
      span.setAttribute("http.request.method", isKnownMethod ? method : "_OTHER");
      span.setAttribute("url.scheme", scheme);
      span.setAttribute("url.path", Redaction.path(path));
    }
    return new OtelServer(parent.with(span), span, true);
  }

  /** Asks for headers by name; it cannot list them. */
  private enum Getter implements TextMapGetter<UnaryOperator<@Nullable String>> {
    INSTANCE;

    @Override
    @SuppressWarnings("deprecation") // still abstract
    public Iterable<String> keys(UnaryOperator<@Nullable String> header) {
      return List.of();
    }

    @Override
    public @Nullable String get(@Nullable UnaryOperator<@Nullable String> header, String key) {
      return header == null ? null : header.apply(key);
    }
  }

  private final class OtelCall implements CallSpan {
    private final Context context;
    private final Span span;
    private final String subject;

    OtelCall(Context context, Span span, String subject) {
      this.context = context;
      this.span = span;
      this.subject = subject;
    }

    @Override
    public AttemptSpan attempt(int number, String method, String cluster, String endpoint) {
      Span attempt =
          tracer
              .spanBuilder(method + " " + subject)
              .setParent(context)
              .setSpanKind(SpanKind.CLIENT)
              .startSpan();
      if (attempt.isRecording()) {
        attempt.setAttribute("http.request.method", method);
        attempt.setAttribute("mesh.cluster", cluster);
        attempt.setAttribute("mesh.endpoint", endpoint);
        attempt.setAttribute("mesh.attempt", number);
        if (number > 1) {
          attempt.setAttribute("http.request.resend_count", number - 1);
        }
      }
      return new OtelAttempt(context.with(attempt), attempt);
    }

    @Override
    public void end(CallInfo info, int status) {
      if (span.isRecording()) {
        span.setAttribute("mesh.cluster", info.cluster());
        span.setAttribute("mesh.attempts", info.attempts());
        span.setAttribute("mesh.response_flags", info.flags().toString());
        if (status > 0) {
          span.setAttribute("http.response.status_code", status);
        }
        if (status >= 500) {
          span.setStatus(StatusCode.ERROR, info.explanation());
        }
      }
      span.end();
    }
  }

  private final class OtelAttempt implements AttemptSpan {
    private final Context context;
    private final Span span;

    OtelAttempt(Context context, Span span) {
      this.context = context;
      this.span = span;
    }

    @Override
    public boolean injects() {
      return true;
    }

    @Override
    public void inject(BiConsumer<String, String> header) {
      propagator.inject(
          context,
          header,
          (carrier, name, value) -> {
            if (carrier != null) {
              carrier.accept(name, value);
            }
          });
    }

    @Override
    public void end(int status, String error) {
      if (span.isRecording()) {
        if (status > 0) {
          span.setAttribute("http.response.status_code", status);
        }
        if (!error.isEmpty()) {
          span.setAttribute("error.type", error);
        } else if (status >= 400) {
          span.setAttribute("error.type", Integer.toString(status));
        }
        if (!error.isEmpty() || status >= 400) {
          span.setStatus(StatusCode.ERROR);
        }
      }
      span.end();
    }
  }

  private static final class OtelServer implements ServerSpan {
    private final Context context;
    private final Span span;
    private final boolean own;

    /** {@code own} where the span was made here; somebody else ends the others. */
    OtelServer(Context context, Span span, boolean own) {
      this.context = context;
      this.span = span;
      this.own = own;
    }

    @Override
    @SuppressWarnings("MustBeClosedChecker") // whoever asked for it closes it
    public Scope makeCurrent() {
      io.opentelemetry.context.Scope scope = context.makeCurrent();
      return scope::close;
    }

    @Override
    public void end(int status, String peer) {
      if (!peer.isEmpty()) {
        span.setAttribute("mesh.peer.identity", peer);
      }
      if (!own) {
        return;
      }
      if (status > 0) {
        span.setAttribute("http.response.status_code", status);
      }
      if (status >= 500) {
        span.setAttribute("error.type", Integer.toString(status));
        span.setStatus(StatusCode.ERROR);
      }
      span.end();
    }
  }
}
