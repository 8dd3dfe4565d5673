package dev.proxyless.mesh.call;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.proxyless.mesh.cluster.Endpoint;
import dev.proxyless.mesh.cluster.Safeguards;
import dev.proxyless.mesh.cluster.Upstream;
import dev.proxyless.mesh.model.EndpointAssignment;
import dev.proxyless.mesh.model.HttpConnectionManager;
import dev.proxyless.mesh.model.HttpConnectionManager.RouteSource;
import dev.proxyless.mesh.model.HttpConnectionManager.Router;
import dev.proxyless.mesh.model.HttpFault;
import dev.proxyless.mesh.model.RouteAction.Priority;
import dev.proxyless.mesh.route.ConnectionManager;
import dev.proxyless.mesh.route.HeaderEdit;
import dev.proxyless.mesh.route.RequestHead;
import dev.proxyless.mesh.route.RouteTable;
import dev.proxyless.mesh.telemetry.MeshListener;
import dev.proxyless.mesh.telemetry.MeshTracing;
import dev.proxyless.mesh.telemetry.MicrometerMeters;
import dev.proxyless.mesh.telemetry.Telemetry;
import dev.proxyless.mesh.testing.FakeRequest;
import dev.proxyless.mesh.testing.VirtualTime;
import dev.proxyless.mesh.testing.XdsYaml;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * One route to one cluster on a virtual clock, and a transport that does what a script says.
 * Outlier detection sets an endpoint aside at the first error, so that blame can be seen.
 */
final class CallBed {

  static final FakeRequest GET = FakeRequest.get("http://serviceb:8000/orders?id=1");
  private static final long MAX_REQUESTS = 3;
  private static final long MAX_RETRIES = 2;

  final VirtualTime time = new VirtualTime(7);
  final SimpleMeterRegistry meters = new SimpleMeterRegistry();
  final Calls calls;
  final Upstream upstream;

  /** Collects what a bed is made of, in Envoy's YAML. */
  static final class Builder {
    private String virtualHost = "";
    private String route = "{prefix: /}";
    private String cluster = "";
    private String action = "";
    private String outliers = "{consecutive_5xx: 1, max_ejection_percent: 100}";
    private int endpoints = 3;
    private Router router = Router.DEFAULT;
    private Duration readyTimeout = Duration.ofSeconds(5);
    private Safeguards safeguards = Safeguards.NONE;
    private Map<String, HttpFault> faults = Map.of();
    private Optional<Duration> streamIdleTimeout = Optional.empty();

    /** Fields of the virtual host. */
    Builder virtualHost(String yaml) {
      virtualHost = yaml;
      return this;
    }

    /** The route's match. */
    Builder match(String yaml) {
      route = yaml;
      return this;
    }

    /** Fields of the route's action besides the cluster. */
    Builder action(String yaml) {
      action = yaml;
      return this;
    }

    /** The route's retry policy. */
    Builder retry(String yaml) {
      return action("retry_policy: {" + yaml + "}");
    }

    /** Nobody is set aside. */
    Builder withoutBlame() {
      outliers = "{consecutive_5xx: 0}";
      return this;
    }

    Builder endpoints(int count) {
      endpoints = count;
      return this;
    }

    Builder suppressEnvoyHeaders() {
      router = new Router(true, false, List.of());
      return this;
    }

    /** Settings of the router filter. */
    Builder router(Router settings) {
      router = settings;
      return this;
    }

    Builder safeguards(Safeguards settings) {
      safeguards = settings;
      return this;
    }

    /** More fields of the cluster. */
    Builder cluster(String yaml) {
      cluster = yaml;
      return this;
    }

    /** A fault filter of this name. */
    Builder fault(String name, HttpFault fault) {
      faults = Map.of(name, fault);
      return this;
    }

    /** The connection manager's. */
    Builder streamIdleTimeout(Duration timeout) {
      streamIdleTimeout = Optional.of(timeout);
      return this;
    }

    CallBed build() {
      return new CallBed(this);
    }
  }

  static Builder with() {
    return new Builder();
  }

  private CallBed(Builder builder) {
    Telemetry telemetry =
        new Telemetry(new MicrometerMeters(meters), MeshTracing.NONE, MeshListener.NONE);
    upstream =
        Upstream.create(
            XdsYaml.cluster(
                """
                name: c
                type: EDS
                eds_cluster_config: {eds_config: {ads: {}}}
                circuit_breakers: {thresholds: [{max_requests: 3, max_retries: 2}]}
                outlier_detection:\s"""
                    + builder.outliers
                    + "\n"
                    + builder.cluster),
            builder.safeguards,
            time,
            time.serial("config"),
            telemetry);
    EndpointAssignment.Builder endpoints = new EndpointAssignment.Builder();
    for (int i = 1; i <= builder.endpoints; i++) {
      endpoints.add("10.0.0." + i, 80);
    }
    upstream.update(endpoints.build());
    String yaml =
        "name: routes\nvirtual_hosts:\n- name: serviceb\n  domains: ['*']\n"
            + builder.virtualHost.indent(2)
            + "  routes:\n  - name: orders\n    match: "
            + builder.route
            + "\n    route:\n      cluster: c\n"
            + builder.action.indent(6);
    RouteTable table = RouteTable.compile(XdsYaml.routes(yaml), telemetry.meters());
    MeshView view = new FixedView(table, manager(builder), Map.of("c", upstream));
    calls = new Calls(FixedView.source(view), time, telemetry, builder.readyTimeout);
  }

  private static ConnectionManager manager(Builder builder) {
    HttpConnectionManager bare = HttpConnectionManager.of(new RouteSource.Rds("routes"));
    return ConnectionManager.compile(
        new HttpConnectionManager(
            bare.routes(),
            bare.paths(),
            bare.stripPort(),
            bare.stripTrailingHostDot(),
            bare.trust(),
            bare.maxStreamDuration(),
            builder.streamIdleTimeout,
            bare.upgrades(),
            builder.faults,
            builder.router),
        OptionalInt.empty(),
        List.of());
  }

  /** How a try goes. */
  record Outcome(
      Duration takes,
      int status,
      Map<String, String> headers,
      @Nullable Failure failure,
      boolean sent) {

    /** The same, after some time. */
    Outcome after(Duration time) {
      return new Outcome(time, status, headers, failure, sent);
    }
  }

  /** A response; headers are given as names and values in turn. */
  static Outcome respond(int status, String... headers) {
    Map<String, String> map = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);
    for (int i = 0; i < headers.length; i += 2) {
      map.put(headers[i], headers[i + 1]);
    }
    return new Outcome(Duration.ZERO, status, map, null, true);
  }

  static Outcome fail(Failure failure) {
    return new Outcome(Duration.ZERO, 0, Map.of(), failure, !failure.isConnectFailure());
  }

  /** What became of a call. */
  record Run(
      MeshCall call,
      List<Attempt> attempts,
      List<Duration> delays,
      int acceptedStatus,
      List<HeaderEdit> acceptedEdits,
      Optional<LocalReply> reply) {

    int status() {
      return reply.map(LocalReply::status).orElse(acceptedStatus);
    }

    String flags() {
      return reply.map(LocalReply::info).orElseGet(call::info).flags().toString();
    }

    LocalReply local() {
      return reply.orElseThrow(() -> new AssertionError("answered " + acceptedStatus));
    }

    /** The endpoints tried. */
    List<String> endpoints() {
      return attempts.stream().map(each -> each.endpoint().name()).toList();
    }
  }

  Run run(Outcome... script) {
    return run(GET, true, CallContext.NONE, script);
  }

  /** Makes a call whose tries go as scripted; the last outcome stands for all that follow. */
  Run run(RequestHead head, boolean replayable, CallContext context, Outcome... script) {
    MeshCall call = forward(head, replayable, context);
    List<Attempt> attempts = new ArrayList<>();
    List<Duration> delays = new ArrayList<>();
    while (true) {
      Step step = call.next();
      if (step instanceof Step.Reply reply) {
        return new Run(call, attempts, delays, 0, List.of(), Optional.of(reply.reply()));
      }
      Attempt attempt = ((Step.Try) step).attempt();
      Outcome outcome = script[Math.min(attempts.size(), script.length - 1)];
      attempts.add(attempt);
      time.advance(outcome.takes());
      Verdict verdict = tell(call, attempt, outcome);
      if (verdict instanceof Verdict.Retry retry) {
        delays.add(retry.delay());
        time.advance(retry.delay());
      } else if (verdict instanceof Verdict.Follow follow) {
        delays.add(follow.delay());
        time.advance(follow.delay());
        call = follow.next();
      } else if (verdict instanceof Verdict.GiveUp giveUp) {
        if (!giveUp.delay().isZero()) {
          delays.add(giveUp.delay());
          time.advance(giveUp.delay());
        }
        return new Run(call, attempts, delays, 0, List.of(), Optional.of(giveUp.reply()));
      } else {
        call.finished();
        List<HeaderEdit> edits = ((Verdict.Accept) verdict).edits();
        return new Run(call, attempts, delays, outcome.status(), edits, Optional.empty());
      }
    }
  }

  static Verdict tell(MeshCall call, Attempt attempt, Outcome outcome) {
    return outcome.failure() == null
        ? call.responded(attempt, outcome.status(), outcome.headers()::get)
        : call.failed(attempt, outcome.failure(), outcome.sent(), "as scripted");
  }

  /** Begins a call that must be sent on. */
  MeshCall forward(RequestHead head, boolean replayable, CallContext context) {
    try {
      return ((Decision.Forward) calls.begin(head, replayable, context)).call();
    } catch (MeshClosedException | InterruptedException impossible) {
      throw new AssertionError(impossible);
    }
  }

  MeshCall forward() {
    return forward(GET, true, CallContext.NONE);
  }

  static Attempt attempt(Step step) {
    return ((Step.Try) step).attempt();
  }

  /** The endpoints that were blamed. */
  List<String> blamed() {
    return upstream.endpoints().stream()
        .filter(Endpoint::isEjected)
        .map(Endpoint::name)
        .sorted()
        .toList();
  }

  /** Checks that every call, try, request's place and retry's place has been given back. */
  void assertNothingIsHeld() {
    assertEquals(0, calls.active(), "calls in flight");
    upstream.endpoints().forEach(each -> assertEquals(0, each.active(), each.name()));
    assertEquals(0, meters.get("mesh.client.active").gauge().value(), "tries in flight");
    fill();
    assertFalse(upstream.tryRequest(Priority.DEFAULT), "a place was given back twice");
    fillRetries();
    assertFalse(upstream.tryRetry(Priority.DEFAULT), "a retry was given back twice");
    for (int i = 0; i < MAX_REQUESTS; i++) {
      upstream.releaseRequest(Priority.DEFAULT);
    }
    for (int i = 0; i < MAX_RETRIES; i++) {
      upstream.releaseRetry(Priority.DEFAULT);
    }
  }

  /** Takes all places that requests have. */
  void fill() {
    for (int i = 0; i < MAX_REQUESTS; i++) {
      assertTrue(
          upstream.tryRequest(Priority.DEFAULT),
          "only " + i + " of " + MAX_REQUESTS + " requests are free");
    }
  }

  /** Takes all places that retries have. */
  void fillRetries() {
    for (int i = 0; i < MAX_RETRIES; i++) {
      assertTrue(
          upstream.tryRetry(Priority.DEFAULT),
          "only " + i + " of " + MAX_RETRIES + " retries are free");
    }
  }

  /** How many calls ended so, by the meter that users see. */
  long counted(String outcome, String flags) {
    return meters.find("mesh.client.requests").timers().stream()
        .filter(timer -> outcome.equals(timer.getId().getTag("outcome")))
        .filter(timer -> flags.equals(timer.getId().getTag("flag")))
        .mapToLong(timer -> timer.count())
        .sum();
  }

  /** How many tries were made for this reason and ended so. */
  double countedTries(String reason, String result) {
    return meters
        .get("mesh.client.attempts")
        .tags("reason", reason, "result", result.toLowerCase(Locale.ROOT))
        .counter()
        .count();
  }

  /** The value that a try's headers set, or {@code -}. */
  static String header(List<HeaderEdit> edits, String name) {
    return edits.stream()
        .filter(edit -> edit.name().equals(name))
        .map(HeaderEdit::value)
        .reduce((first, second) -> second)
        .orElse("-");
  }

  static String header(LocalReply reply, String name) {
    return reply.headers().stream()
        .filter(header -> header.name().equals(name))
        .map(Header::value)
        .findFirst()
        .orElse("-");
  }
}
