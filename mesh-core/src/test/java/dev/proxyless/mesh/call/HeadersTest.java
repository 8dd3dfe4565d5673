package dev.proxyless.mesh.call;

import static dev.proxyless.mesh.call.CallBed.fail;
import static dev.proxyless.mesh.call.CallBed.header;
import static dev.proxyless.mesh.call.CallBed.respond;
import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.proxyless.mesh.route.HeaderEdit;
import dev.proxyless.mesh.testing.FakeRequest;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The headers that the mesh adds: envoy-semantics 1.6, 1.7 and 1.11. */
class HeadersTest {

  private static final String COUNT = "x-envoy-attempt-count";

  @Test
  void theAttemptCountBeginsAtOne() {
    CallBed bed =
        CallBed.with()
            .virtualHost(
                "include_request_attempt_count: true\ninclude_attempt_count_in_response: true")
            .retry("retry_on: 5xx, num_retries: 2")
            .build();
    CallBed.Run run = bed.run(respond(503), fail(Failure.REMOTE_RESET), respond(200));
    assertEquals(
        List.of("1", "2", "3"),
        run.attempts().stream().map(each -> header(each.headerEdits(), COUNT)).toList());
    assertEquals(List.of(HeaderEdit.set(COUNT, "3")), run.acceptedEdits());
  }

  @Test
  void aRetryTellsWhetherTheTryBeforeTookTooLong() {
    CallBed bed =
        CallBed.with()
            .virtualHost("include_is_timeout_retry_header: true")
            .retry("retry_on: 5xx, num_retries: 2, per_try_timeout: 1s")
            .build();
    CallBed.Run run = bed.run(fail(Failure.PER_TRY_TIMEOUT), respond(503), respond(200));
    assertEquals(
        List.of("-", "true", "false"),
        run.attempts().stream()
            .map(each -> header(each.headerEdits(), "x-envoy-is-timeout-retry"))
            .toList());
  }

  @Test
  void anUpgradeThatIsSwitchedOffIsRefused() throws Exception {
    CallBed bed =
        CallBed.with().action("upgrade_configs: [{upgrade_type: h2c, enabled: false}]").build();
    FakeRequest request = CallBed.GET.header("connection", "upgrade").header("upgrade", "H2C");
    Decision decision = bed.calls.begin(request, true, CallContext.NONE);
    assertEquals(403, ((Decision.Respond) decision).reply().status());
    FakeRequest other = CallBed.GET.header("connection", "upgrade").header("upgrade", "other");
    assertEquals(1, bed.run(other, true, CallContext.NONE, respond(101)).attempts().size());
  }

  @Test
  void theAttemptCountIsTheVirtualHostsToAsk() {
    CallBed.Run run = CallBed.with().build().run(respond(200));
    assertEquals("-", header(run.attempts().get(0).headerEdits(), COUNT));
    assertEquals(List.of(), run.acceptedEdits());
  }

  @Test
  void aLocalReplyHasTheAttemptCountToo() {
    CallBed.Builder bed = CallBed.with().virtualHost("include_attempt_count_in_response: true");
    assertEquals("1", header(bed.build().run(fail(Failure.REMOTE_RESET)).local(), COUNT));
    assertEquals("1", header(bed.endpoints(0).build().run(respond(200)).local(), COUNT));
  }

  @Test
  void aResponseTellsOfTheRequestAsItWasSent() {
    CallBed bed =
        CallBed.with()
            .match("{prefix: /orders}")
            .action("prefix_rewrite: /v2\nhost_rewrite_literal: inner.local")
            .virtualHost(
                """
                request_headers_to_add: [{header: {key: x-new, value: n}}]
                request_headers_to_remove: [x-old]
                response_headers_to_add:
                - header:
                    key: x-told
                    value: "%REQ(:authority)% %REQ(:path)% %REQ(x-new)% %REQ(x-old)%"
                """)
            .build();
    CallBed.Run run =
        bed.run(CallBed.GET.header("x-old", "o"), true, CallContext.NONE, respond(200));
    assertEquals("inner.local /v2?id=1 n ", header(run.acceptedEdits(), "x-told"));
    CallBed.Run failed =
        bed.run(
            CallBed.GET.header("x-old", "o"), true, CallContext.NONE, fail(Failure.REMOTE_RESET));
    assertEquals("inner.local /v2?id=1 n ", header(failed.local(), "x-told"));
  }

  @Test
  void aRewrittenPathAndHostAreToldByTheirOldValues() {
    CallBed bed =
        CallBed.with()
            .match("{prefix: /orders}")
            .action("prefix_rewrite: /v2\nhost_rewrite_literal: inner.local")
            .build();
    Attempt attempt = CallBed.attempt(bed.forward().next());
    assertEquals("/v2?id=1", attempt.path());
    assertEquals("inner.local", attempt.authority());
    assertEquals("/orders?id=1", header(attempt.headerEdits(), "x-envoy-original-path"));
    assertEquals("serviceb:8000", header(attempt.headerEdits(), "x-envoy-original-host"));
  }

  /** As Envoy 1.40 does it. */
  @Test
  void whatIsRewrittenToItselfIsToldAllTheSame() {
    CallBed bed =
        CallBed.with().action("prefix_rewrite: /\nhost_rewrite_literal: 'serviceb:8000'").build();
    Attempt attempt = CallBed.attempt(bed.forward().next());
    assertEquals("/orders?id=1", attempt.path());
    assertEquals("serviceb:8000", attempt.authority());
    assertEquals("/orders?id=1", header(attempt.headerEdits(), "x-envoy-original-path"));
    assertEquals("serviceb:8000", header(attempt.headerEdits(), "x-envoy-original-host"));
  }

  @Test
  void suppressedEnvoyHeadersAreAllButTheAttemptCount() {
    CallBed bed =
        CallBed.with()
            .suppressEnvoyHeaders()
            .virtualHost("include_request_attempt_count: true")
            .match("{prefix: /orders}")
            .action("prefix_rewrite: /v2\nhost_rewrite_literal: inner.local")
            .build();
    Attempt attempt = CallBed.attempt(bed.forward().next());
    assertEquals(List.of(HeaderEdit.set(COUNT, "1")), attempt.headerEdits());
    assertEquals("/v2?id=1", attempt.path());
  }

  @Test
  void headersOfTheRequestBeingServedGoOnUnlessTheCallSetsThemItself() {
    CallBed bed = CallBed.with().build();
    CallContext context =
        CallContext.serving(
            CallContext.NO_DEADLINE,
            List.of(new Header("x-request-id", "inbound"), new Header("x-tenant", "t")));
    FakeRequest request = CallBed.GET.header("X-Request-Id", "own");
    Attempt attempt = CallBed.attempt(bed.forward(request, true, context).next());
    assertEquals("-", header(attempt.headerEdits(), "x-request-id"));
    assertEquals(
        List.of(new HeaderEdit(HeaderEdit.Kind.ADD, "x-tenant", "t")),
        attempt.headerEdits().stream().filter(edit -> edit.name().startsWith("x-t")).toList());
  }
}
