package dev.proxyless.mesh.xds;

import dev.proxyless.mesh.model.FractionalPercent;
import dev.proxyless.mesh.model.HttpFault;
import dev.proxyless.mesh.model.HttpFault.Abort;
import dev.proxyless.mesh.model.HttpFault.Delay;
import dev.proxyless.mesh.model.HttpFault.RateLimit;
import dev.proxyless.mesh.proto.Message;
import java.time.Duration;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;

/** Decodes settings of the fault filter. */
final class FaultDecoder {

  static final String FAULT = "envoy.extensions.filters.http.fault.v3.HTTPFault";

  private static final FractionalPercent NEVER = new FractionalPercent(0, 100);

  private FaultDecoder() {}

  static HttpFault decode(Message message) {
    return new HttpFault(
        message.message("delay").map(FaultDecoder::delay),
        message.message("abort").map(FaultDecoder::abort),
        message.message("response_rate_limit").map(FaultDecoder::rateLimit),
        message.string("upstream_cluster"),
        Matchers.headers(message, "headers"),
        message.strings("downstream_nodes"),
        message.has("max_active_faults")
            ? OptionalLong.of(message.number("max_active_faults", 0))
            : OptionalLong.empty());
  }

  private static Delay delay(Message delay) {
    Optional<Duration> fixed = delay.duration("fixed_delay");
    if (fixed.isPresent() && fixed.get().isZero()) {
      throw delay.invalid("fixed_delay", "must be more than 0");
    }
    if (fixed.isEmpty() && !delay.has("header_delay")) {
      throw delay.invalid("fixed_delay", "is required, or header_delay");
    }
    return new Delay(fixed, percentage(delay));
  }

  private static Abort abort(Message abort) {
    boolean http = abort.has("http_status");
    boolean grpc = abort.has("grpc_status");
    if (!http && !grpc && !abort.has("header_abort")) {
      throw abort.invalid("http_status", "is required, or grpc_status or header_abort");
    }
    return new Abort(
        http ? OptionalInt.of(abort.integer("http_status", 200, 599, 200)) : OptionalInt.empty(),
        grpc
            ? OptionalInt.of(abort.integer("grpc_status", 0, Integer.MAX_VALUE, 0))
            : OptionalInt.empty(),
        percentage(abort));
  }

  private static RateLimit rateLimit(Message limit) {
    Optional<Message> fixed = limit.message("fixed_limit");
    if (fixed.isEmpty() && !limit.has("header_limit")) {
      throw limit.invalid("fixed_limit", "is required, or header_limit");
    }
    return new RateLimit(
        fixed.isPresent() ? OptionalLong.of(kibPerSecond(fixed.get())) : OptionalLong.empty(),
        percentage(limit));
  }

  private static long kibPerSecond(Message limit) {
    long kib = limit.number("limit_kbps", 0);
    if (kib == 0) {
      throw limit.invalid("limit_kbps", "is 0; right would be a number from 1");
    }
    return kib < 0 ? Long.MAX_VALUE : kib; // it is unsigned
  }

  private static FractionalPercent percentage(Message message) {
    return message.message("percentage").map(RouteMatchDecoder::percent).orElse(NEVER);
  }
}
