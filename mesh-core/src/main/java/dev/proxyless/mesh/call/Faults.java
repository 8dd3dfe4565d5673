package dev.proxyless.mesh.call;

import dev.proxyless.mesh.call.MeshView.OutboundChain;
import dev.proxyless.mesh.model.RouteAction;
import dev.proxyless.mesh.route.FaultFilter;
import dev.proxyless.mesh.route.FaultFilter.Fault;
import dev.proxyless.mesh.route.RequestHead;
import dev.proxyless.mesh.route.RouteEntry;
import dev.proxyless.mesh.route.RouteTarget;
import dev.proxyless.mesh.route.StreamInfo;
import dev.proxyless.mesh.telemetry.CallInfo;
import dev.proxyless.mesh.telemetry.ResponseFlag;
import dev.proxyless.mesh.telemetry.ResponseFlags;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/** Asks the fault filters of a chain what they do to a request. */
final class Faults {

  private Faults() {}

  /**
   * Asks each in turn, up to the first that aborts.
   *
   * @param route that took the request; null where none did
   */
  static InjectedFault decide(
      OutboundChain chain,
      @Nullable RouteEntry route,
      RequestHead head,
      StreamInfo info,
      LongSupplier random) {
    RouteTarget target =
        route != null && route.action() instanceof RouteAction.Forward
            ? route.target(head, info)
            : null;
    Duration delay = Duration.ZERO;
    long kibPerSecond = Long.MAX_VALUE;
    List<FaultFilter> begun = new ArrayList<>();
    Optional<LocalReply> abort = Optional.empty();
    for (Map.Entry<String, FaultFilter> each : chain.manager().faults().entrySet()) {
      FaultFilter filter =
          route == null ? each.getValue() : route.fault(each.getKey(), each.getValue(), target);
      Optional<Fault> fault =
          filter == null
              ? Optional.empty()
              : filter.decide(head, target == null ? "" : target.cluster(), random);
      if (fault.isPresent()) {
        begun.add(filter);
        delay = delay.plus(fault.get().delay());
        if (fault.get().responseKibPerSecond() > 0) {
          kibPerSecond = Math.min(kibPerSecond, fault.get().responseKibPerSecond());
        }
        if (fault.get().aborts()) {
          abort = Optional.of(reply(route, target, head, info, fault.get(), !delay.isZero()));
          break;
        }
      }
    }
    return begun.isEmpty()
        ? InjectedFault.NONE
        : new InjectedFault(
            delay,
            kibPerSecond == Long.MAX_VALUE ? 0 : kibPerSecond,
            abort,
            () -> begun.forEach(FaultFilter::release));
  }

  private static LocalReply reply(
      @Nullable RouteEntry route,
      @Nullable RouteTarget target,
      RequestHead head,
      StreamInfo info,
      Fault fault,
      boolean delayed) {
    ResponseFlags flags =
        delayed
            ? ResponseFlags.of(ResponseFlag.DI).with(ResponseFlag.FI)
            : ResponseFlags.of(ResponseFlag.FI);
    int status = fault.httpStatus().orElse(200); // what a gRPC status is told with, as in Envoy
    CallInfo call =
        new CallInfo(
            route == null ? "" : route.virtualHost().name(),
            route == null ? "" : route.name(),
            target == null ? "" : target.cluster(),
            "",
            0,
            flags,
            "fault_filter_abort",
            "the fault filter of the configuration aborts this request");
    List<Header> changed =
        route == null || target == null // as in Envoy, routes that answer themselves add nothing
            ? List.of()
            : RouteReplies.mutated(route, head, info, target, List.of(), status, call);
    LocalReply reply = LocalReplies.text(head, status, "fault filter abort", changed, call);
    if (fault.grpcStatus().isEmpty() || !LocalReplies.isGrpc(head)) {
      return reply;
    }
    List<Header> headers = new ArrayList<>(reply.headers());
    headers.replaceAll(
        line ->
            line.name().equals("grpc-status")
                ? new Header("grpc-status", Integer.toString(fault.grpcStatus().getAsInt()))
                : line);
    return new LocalReply(reply.status(), List.copyOf(headers), reply.body(), reply.info());
  }
}
