package dev.proxyless.mesh.call;

import static dev.proxyless.mesh.call.CallBed.fail;
import static dev.proxyless.mesh.call.CallBed.respond;
import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.proxyless.mesh.testing.FakeRequest;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Which ends of a try each word of {@code retry_on} retries: envoy-semantics 2.1 and 2.2. */
class RetryConditionTest {

  @ParameterizedTest
  @CsvSource(
      delimiter = ';',
      value = {
        "5xx;                      500 501 502 503 504 599",
        "gateway-error;            502 503 504",
        "retriable-4xx;            409",
        "retriable-status-codes;   418 503",
        "connect-failure;          ''",
        "refused-stream;           ''",
        "reset;                    ''",
        "reset-before-request;     ''",
        "retriable-headers;        ''",
        "envoy-ratelimited;        ''",
        "unavailable;              ''"
      })
  void statusesOfResponses(String condition, String expected) {
    List<String> retried = new ArrayList<>();
    for (int status :
        new int[] {200, 302, 400, 404, 409, 418, 429, 499, 500, 501, 502, 503, 504, 599}) {
      if (isRetried(condition, respond(status))) {
        retried.add(Integer.toString(status));
      }
    }
    assertEquals(expected, String.join(" ", retried));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = ';',
      value = {
        "5xx;                    all",
        "gateway-error;          all",
        "reset;                  all",
        "connect-failure;        LOCAL_CONNECTION_FAILURE REMOTE_CONNECTION_FAILURE CONNECTION_TIMEOUT",
        "reset-before-request;   LOCAL_CONNECTION_FAILURE REMOTE_CONNECTION_FAILURE CONNECTION_TIMEOUT",
        "refused-stream;         REMOTE_REFUSED_STREAM_RESET",
        "retriable-4xx;          ''",
        "retriable-status-codes; ''",
        "retriable-headers;      ''",
        "envoy-ratelimited;      ''",
        "unavailable;            ''"
      })
  void endsWithoutAResponse(String condition, String expected) {
    List<String> retried = new ArrayList<>();
    int all = 0;
    for (Failure failure : Failure.values()) {
      boolean hasARuleOfItsOwn = failure == Failure.DEAD_CONNECTION; // ResendTest
      if (!failure.endsCall() && !hasARuleOfItsOwn) {
        all++;
        if (isRetried(condition, fail(failure))) {
          retried.add(failure.name());
        }
      }
    }
    assertEquals(expected, retried.size() == all ? "all" : String.join(" ", retried), condition);
  }

  @Test
  void nothingIsRetriedOnceTheTimeOfTheCallIsOver() {
    assertEquals(
        false, isRetried("5xx,reset,gateway-error,connect-failure", fail(Failure.CALL_TIMEOUT)));
  }

  @ParameterizedTest
  @CsvSource({
    "cancelled,          1",
    "deadline-exceeded,  4",
    "resource-exhausted, 8",
    "internal,           13",
    "unavailable,        14"
  })
  void grpcStatusesInTheResponsesHead(String condition, int status) {
    for (int each = 0; each <= 16; each++) {
      boolean retried =
          isRetried(
              condition,
              respond(200, "content-type", "application/grpc", "grpc-status", "" + each));
      assertEquals(each == status, retried, condition + " on grpc-status " + each);
    }
    assertEquals(false, isRetried(condition, respond(200, "grpc-status", "x")));
    assertEquals(false, isRetried(condition, respond(200)));
  }

  @Test
  void aResponseThatIsRateLimitedIsRetriedByItsOwnConditionAlone() {
    CallBed.Outcome limited = respond(503, "x-envoy-ratelimited", "true");
    assertEquals(
        false,
        isRetried(
            "5xx,gateway-error,retriable-status-codes,retriable-headers,unavailable", limited));
    assertEquals(true, isRetried("envoy-ratelimited", limited));
    assertEquals(true, isRetried("envoy-ratelimited", respond(200, "x-envoy-ratelimited", "true")));
  }

  @Test
  void retriableHeadersLookAtTheResponse() {
    assertEquals(true, isRetried("retriable-headers", respond(200, "x-again", "yes")));
    assertEquals(false, isRetried("retriable-headers", respond(200, "x-again", "no")));
    assertEquals(false, isRetried("5xx", respond(200, "x-again", "yes")));
  }

  @Test
  void severalConditionsAddUp() {
    assertEquals(true, isRetried("connect-failure, retriable-4xx", respond(409)));
    assertEquals(
        true, isRetried("connect-failure, retriable-4xx", fail(Failure.CONNECTION_TIMEOUT)));
    assertEquals(false, isRetried("connect-failure, retriable-4xx", respond(503)));
  }

  @Test
  void resetBeforeRequestLooksAtAllTries() {
    CallBed bed =
        CallBed.with()
            .retry("retry_on: 'retriable-4xx,reset-before-request', num_retries: 3")
            .build();
    CallBed.Run run = bed.run(respond(409), fail(Failure.REMOTE_CONNECTION_FAILURE), respond(200));
    assertEquals(2, run.attempts().size(), "the first try had sent the request");
    assertEquals("UF", run.flags());
  }

  @Test
  void requestsThatMatchNoRetriableRequestHeaderAreNotRetried() {
    CallBed bed =
        CallBed.with()
            .retry(
                "retry_on: 5xx, retriable_request_headers: [{name: ':method', exact_match: GET}]")
            .build();
    assertEquals(2, bed.run(respond(503), respond(200)).attempts().size());
    CallBed.Run post =
        bed.run(FakeRequest.of("POST", "http://h/"), true, CallContext.NONE, respond(503));
    assertEquals(1, post.attempts().size());
    assertEquals("-", post.flags(), "what is not to be retried has not run out of retries");
  }

  private static boolean isRetried(String conditions, CallBed.Outcome first) {
    CallBed bed =
        CallBed.with()
            .retry(
                "retry_on: '"
                    + conditions
                    + "', retriable_status_codes: [418, 503],"
                    + " retriable_headers: [{name: x-again, exact_match: 'yes'}]")
            .build();
    int tries = bed.run(first, respond(200)).attempts().size();
    bed.assertNothingIsHeld();
    return tries == 2;
  }
}
