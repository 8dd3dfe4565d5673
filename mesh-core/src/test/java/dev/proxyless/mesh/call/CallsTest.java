package dev.proxyless.mesh.call;

import static dev.proxyless.mesh.call.CallBed.header;
import static dev.proxyless.mesh.call.CallBed.respond;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.proxyless.mesh.cluster.Upstream;
import dev.proxyless.mesh.route.RouteTable;
import dev.proxyless.mesh.telemetry.CallInfo;
import dev.proxyless.mesh.telemetry.MeshMeters;
import dev.proxyless.mesh.telemetry.Telemetry;
import dev.proxyless.mesh.testing.FakeRequest;
import dev.proxyless.mesh.testing.VirtualTime;
import dev.proxyless.mesh.testing.XdsYaml;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What the mesh decides about a request, and the beginning and end of calls. */
class CallsTest {

  private static final String ROUTES =
      """
      name: rds_egress_http_8000
      virtual_hosts:
      - name: serviceb.apps.local
        domains: [serviceb.apps.local]
        routes:
        - {name: forward, match: {path: /forward}, route: {cluster: c}}
        - {name: gone, match: {path: /gone}, route: {cluster: unknown}}
        - {name: gone404, match: {path: /gone404}, route: {cluster: unknown, cluster_not_found_response_code: NOT_FOUND}}
        - {name: gone500, match: {path: /gone500}, route: {cluster: unknown, cluster_not_found_response_code: INTERNAL_SERVER_ERROR}}
        - {name: named, match: {path: /named}, route: {cluster_header: x-cluster}}
        - {name: away, match: {path: /away}, route: {cluster: original}}
        - {name: moved, match: {path: /moved}, redirect: {path_redirect: /new, response_code: FOUND}}
        - name: rewritten
          match: {prefix: /rewritten}
          redirect: {prefix_rewrite: /new}
          response_headers_to_add:
          - {header: {key: x-told, value: "%REQ(:path)% %REQ(x-envoy-original-path)%"}}
        - {name: direct, match: {path: /direct}, direct_response: {status: 418, body: {inline_string: teapot}}}
        - {name: created, match: {path: /created}, direct_response: {status: 201}}
        - {name: kept, match: {path: /kept}, direct_response: {status: 304}}
      """;

  private final VirtualTime time = new VirtualTime(3);
  private final Upstream upstream =
      upstream("name: c\ntype: STATIC\nload_assignment: {cluster_name: c}");
  private final Upstream original =
      upstream("name: original\ntype: ORIGINAL_DST\nlb_policy: CLUSTER_PROVIDED");
  private final MeshView view =
      new FixedView(
          RouteTable.compile(XdsYaml.routes(ROUTES), MeshMeters.NONE),
          FixedView.plainManager(),
          Map.of("c", upstream, "original", original));

  private Upstream upstream(String yaml) {
    return Upstream.create(XdsYaml.cluster(yaml), time, time.serial("config"), Telemetry.NONE);
  }

  private Calls calls(MeshView.Source source) {
    return new Calls(source, time, Telemetry.NONE, Duration.ofSeconds(5));
  }

  private Decision decide(String path) throws Exception {
    return decide(FakeRequest.get("http://serviceb.apps.local" + path));
  }

  private Decision decide(FakeRequest request) throws Exception {
    return calls(FixedView.source(view)).begin(request, true, CallContext.NONE);
  }

  @Test
  void aRouteToAClusterIsSentOn() throws Exception {
    assertTrue(decide("/forward") instanceof Decision.Forward);
  }

  @ParameterizedTest
  @CsvSource({"/gone, 503", "/gone404, 404", "/gone500, 500"})
  void aRouteToAnUnknownClusterIsRefusedAsTheRouteSays(String path, int status) throws Exception {
    LocalReply reply = reply(decide(path));
    assertEquals(status, reply.status());
    assertEquals("NC", reply.info().flags().toString());
    assertEquals("cluster_not_found", reply.info().details());
    assertEquals("", reply.body());
    assertEquals(List.of(), reply.headers());
    assertEquals(
        "the route names the cluster unknown, which is not known", reply.info().explanation());
    assertEquals("unknown", reply.info().cluster());
  }

  @Test
  void aHeaderCanNameTheCluster() throws Exception {
    FakeRequest request = FakeRequest.get("http://serviceb.apps.local/named");
    assertTrue(decide(request.header("x-cluster", "c")) instanceof Decision.Forward);
    LocalReply reply = reply(decide(request));
    assertEquals("NC", reply.info().flags().toString());
    assertEquals("the request has no header that names the cluster", reply.info().explanation());
  }

  @Test
  void aRequestThatNoRouteTakesIsNotFound() throws Exception {
    LocalReply reply = reply(decide("/nowhere?x=1"));
    assertEquals(404, reply.status());
    assertEquals("NR", reply.info().flags().toString());
    assertEquals("route_not_found", reply.info().details());
    assertEquals("", reply.body());
    assertEquals("serviceb.apps.local", reply.info().virtualHost());
    assertEquals(
        "no route of virtual host serviceb.apps.local takes GET /nowhere?x=1; ask explain for the"
            + " condition that each of them fails",
        reply.info().explanation());
  }

  @Test
  void anUnknownHostIsToldTheNearestVirtualService() throws Exception {
    LocalReply reply = reply(decide(FakeRequest.get("http://servicb.apps.local:8000/")));
    assertEquals(404, reply.status());
    assertEquals("NR", reply.info().flags().toString());
    assertEquals(
        "the mesh knows no virtual service \"servicb.apps.local:8000\" on port 8000; the nearest"
            + " that it knows is \"serviceb.apps.local\"",
        reply.info().explanation());
  }

  @Test
  void aRedirectIsAnsweredHere() throws Exception {
    LocalReply reply = reply(decide("/moved"));
    assertEquals(302, reply.status());
    assertEquals("http://serviceb.apps.local/new", header(reply, "location"));
    assertEquals("", reply.body());
    assertFalse(reply.isFailure());
    assertEquals("direct_response", reply.info().details());
    assertEquals(0, reply.info().attempts());
  }

  @Test
  void aRedirectsHeadersTellOfTheRewrittenPath() throws Exception {
    LocalReply reply = reply(decide("/rewritten/a?b"));
    assertEquals("http://serviceb.apps.local/new/a?b", header(reply, "location"));
    assertEquals("/new/a?b /rewritten/a?b", header(reply, "x-told"));
  }

  @Test
  void aDirectResponseIsAnsweredHere() throws Exception {
    LocalReply reply = reply(decide("/direct"));
    assertEquals(418, reply.status());
    assertEquals("teapot", reply.body());
    assertEquals("text/plain", header(reply, "content-type"));
    assertFalse(reply.isFailure());
  }

  @Test
  void aDirectResponseOfSuchAStatusTellsWhereItIs() throws Exception {
    assertEquals(
        "http://serviceb.apps.local/created?a=b",
        header(reply(decide("/created?a=b")), "location"));
    assertEquals("http://serviceb.apps.local/kept", header(reply(decide("/kept")), "location"));
    assertEquals("-", header(reply(decide("/direct")), "location"));
  }

  @Test
  void theVirtualHostOfARequestWithoutARouteIsFoundByItsOwnHeader() throws Exception {
    MeshView byHeader =
        new FixedView(
            RouteTable.compile(
                XdsYaml.routes(
                    """
                    name: r
                    vhost_header: x-vhost
                    virtual_hosts:
                    - {name: told, domains: [told.local], routes: []}
                    - {name: serviceb, domains: [serviceb.apps.local], routes: []}
                    """),
                MeshMeters.NONE),
            FixedView.plainManager(),
            Map.of());
    FakeRequest request = FakeRequest.get("http://serviceb.apps.local/");
    Calls calls = calls(FixedView.source(byHeader));
    assertEquals(
        "told",
        reply(calls.begin(request.header("x-vhost", "told.local"), true, CallContext.NONE))
            .info()
            .virtualHost());
    assertEquals("", reply(calls.begin(request, true, CallContext.NONE)).info().virtualHost());
  }

  @Test
  void aRouteToTheOriginalDestinationIsLeftAlone() throws Exception {
    CallInfo info = ((Decision.PassThrough) decide("/away")).info();
    assertEquals("original", info.cluster());
    assertEquals("away", info.route());
  }

  @Test
  void aRequestThatNoListenerTakesIsLeftAlone() throws Exception {
    Calls calls = calls(FixedView.source(new FixedView(null, FixedView.plainManager(), Map.of())));
    Decision decision = calls.begin(FakeRequest.get("http://elsewhere/"), true, CallContext.NONE);
    assertTrue(decision instanceof Decision.PassThrough);
  }

  @Test
  void beforeTheFirstConfigurationACallWaitsAndThenFails() throws Exception {
    Late late = new Late();
    LocalReply reply = reply(calls(late).begin(CallBed.GET, true, CallContext.NONE));
    assertEquals(Duration.ofSeconds(5), time.elapsed());
    assertEquals(503, reply.status());
    assertEquals("NFCF", reply.info().flags().toString());
    assertEquals("no_configuration", reply.info().details());
    assertEquals("no mesh configuration yet", reply.body());
    assertTrue(
        reply.info().explanation().startsWith("no configuration arrived within 5000 ms; look at"),
        reply.info().explanation());
  }

  @Test
  void aCallThatWaitedForNothingIsToldWhatIsMissing() throws Exception {
    Late late = new Late();
    late.awaited = List.of("cluster c", "endpoints of cluster d");
    LocalReply reply = reply(calls(late).begin(CallBed.GET, true, CallContext.NONE));
    assertEquals(
        "configuration was not whole within 5000 ms: it waits for cluster c, endpoints of cluster d",
        reply.info().explanation());
  }

  @Test
  void aCallThatWaitsGoesOnWhenConfigurationComes() throws Exception {
    Late late = new Late();
    time.schedule(Duration.ofSeconds(2), () -> late.come(view));
    Decision decision =
        calls(late)
            .begin(FakeRequest.get("http://serviceb.apps.local/forward"), true, CallContext.NONE);
    assertTrue(decision instanceof Decision.Forward);
    assertEquals(Duration.ofSeconds(2), time.elapsed());
  }

  @Test
  void aCallDoesNotWaitBeyondItsCallersDeadline() throws Exception {
    CallContext context =
        CallContext.serving(time.nanoTime() + Duration.ofSeconds(1).toNanos(), List.of());
    calls(new Late()).begin(CallBed.GET, true, context);
    assertEquals(Duration.ofSeconds(1), time.elapsed());
    calls(new Late()).begin(CallBed.GET, true, context);
    assertEquals(Duration.ofSeconds(1), time.elapsed(), "the deadline is over");
  }

  @Test
  void aClosedMeshRefusesCallsAndSaysSo() throws Exception {
    Calls calls = calls(FixedView.source(view));
    assertEquals(0, calls.close(Duration.ofSeconds(10)));
    assertEquals(Duration.ZERO, time.elapsed(), "nothing was in flight");
    MeshClosedException closed =
        assertThrows(
            MeshClosedException.class, () -> calls.begin(CallBed.GET, true, CallContext.NONE));
    assertTrue(String.valueOf(closed.getMessage()).startsWith("the mesh is closed: "));
  }

  @Test
  void aCallThatWaitsForConfigurationLearnsThatTheMeshIsClosed() {
    Late late = new Late();
    Calls calls = calls(late);
    time.schedule(
        Duration.ofSeconds(1),
        () -> {
          try {
            calls.close(Duration.ZERO);
          } catch (InterruptedException impossible) {
            throw new AssertionError(impossible);
          }
        });
    assertThrows(MeshClosedException.class, () -> calls.begin(CallBed.GET, true, CallContext.NONE));
  }

  @Test
  void closingWaitsForCallsInFlight() throws Exception {
    CallBed bed = CallBed.with().build();
    MeshCall call = bed.forward();
    Attempt attempt = CallBed.attempt(call.next());
    bed.time.schedule(
        Duration.ofSeconds(2),
        () -> {
          CallBed.tell(call, attempt, respond(200));
          call.finished();
        });
    assertEquals(0, bed.calls.close(Duration.ofSeconds(10)));
    long millis = bed.time.elapsed().toMillis();
    assertTrue(millis >= 2_000 && millis < 2_100, "waited " + millis + " ms");
    assertEquals(1, bed.counted("success", "-"));
  }

  @Test
  void closingDoesNotWaitForEver() throws Exception {
    CallBed bed = CallBed.with().build();
    MeshCall call = bed.forward();
    assertEquals(1, bed.calls.close(Duration.ofSeconds(10)));
    long millis = bed.time.elapsed().toMillis();
    assertTrue(millis >= 10_000 && millis < 10_100, "waited " + millis + " ms");
    call.cancelled();
    assertEquals(0, bed.calls.active());
  }

  /** A mesh whose configuration comes late, or never. */
  private final class Late implements MeshView.Source {
    private final CountDownLatch ready = new CountDownLatch(1);
    private @Nullable MeshView view;
    private List<String> awaited = List.of();

    void come(MeshView first) {
      view = first;
      ready.countDown();
    }

    @Override
    public @Nullable MeshView current() {
      return view;
    }

    @Override
    public @Nullable MeshView await(Duration timeout) {
      time.await(ready, timeout);
      return view;
    }

    @Override
    public List<String> awaited() {
      return awaited;
    }
  }

  private static LocalReply reply(Decision decision) {
    return ((Decision.Respond) decision).reply();
  }
}
