package dev.proxyless.mesh.telemetry;

import dev.proxyless.mesh.Internal;
import java.util.function.BiConsumer;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * Spans of calls, tries and requests served, in the terms of OpenTelemetry's HTTP conventions: one
 * CLIENT span for each try, inside one INTERNAL span for the call. Safe for use by several threads.
 */
@Internal
public interface MeshTracing {

  /** Traces nothing. */
  MeshTracing NONE = new NoTracing();

  /** Whether spans are made at all; where not, inbound trace headers are handed on as they came. */
  boolean isActive();

  /** The trace context of the calling thread, to be given to {@link #call} on another one. */
  @Nullable Object capture();

  /** Begins the span of a call. */
  CallSpan call(@Nullable Object context, String method, String virtualHost, String route);

  /**
   * Begins the span of a request served. Where the calling thread has a span already, because
   * something else makes the spans of this process's requests, that one is used and none is made.
   *
   * @param header gives the request's headers by name, several lines as one with commas between
   * @param path without query
   */
  ServerSpan serve(
      UnaryOperator<@Nullable String> header, String method, String scheme, String path);

  /** The span of one call. */
  interface CallSpan {
    /** Begins the span of a try. */
    AttemptSpan attempt(int number, String method, String cluster, String endpoint);

    /** Ends the span. */
    void end(CallInfo info, int status);
  }

  /** The span of one try. */
  interface AttemptSpan {
    /** Whether {@link #inject} may give any header. */
    boolean injects();

    /** Gives the headers that carry the trace to the endpoint. */
    void inject(BiConsumer<String, String> header);

    /** Ends the span; {@code error} is empty where there was none. */
    void end(int status, String error);
  }

  /** The span of one request served. */
  interface ServerSpan {
    /** Makes the span the current one of this thread, until what is returned is closed. */
    Scope makeCurrent();

    /** Ends the span; {@code peer} is the caller's identity, empty where unknown. */
    void end(int status, String peer);
  }

  /** Ends with the block that opened it. */
  interface Scope extends AutoCloseable {
    @Override
    void close();
  }
}
