package dev.proxyless.mesh.route;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.proxyless.mesh.model.Metadata;
import dev.proxyless.mesh.testing.FakeRequest;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Command operators: envoy-semantics 5.7. What is expected was seen of Envoy 1.40. */
class FormatTest {

  private static final FakeRequest REQUEST =
      FakeRequest.get("http://h/p?q=1&r=%2f&q=2&e&=5").header("cookie", "a=1,b=2");

  private static Routed routed() {
    Map<String, Object> values = new HashMap<>();
    values.put("a", "v");
    values.put("n", 2.0);
    values.put("f", 1.5);
    values.put("big", 12345678901.0);
    values.put("b", true);
    values.put("l", List.of(1.0, "x"));
    Map<String, Object> inner = new HashMap<>();
    inner.put("x", null);
    inner.put("y", 1.0);
    values.put("s", inner);
    values.put("nul", null);
    values.put("e", "");
    Routed routed = new Routed();
    routed.metadata = new Metadata(Map.of("ns", values));
    routed.info =
        new StreamInfo(
            0,
            true,
            new StreamInfo.Around(
                Optional.empty(),
                Map.of("d", Map.of("k", "dynamic")),
                Map.of("key", "state"),
                StreamInfo.RuntimeFeatures.NONE,
                new Surroundings() {
                  @Override
                  public Instant startTime() {
                    return Instant.parse("2026-11-21T16:07:35.315742Z");
                  }

                  @Override
                  public Instant now() {
                    return Instant.parse("2027-01-02T03:04:05Z");
                  }

                  @Override
                  public String hostName() {
                    return "vm";
                  }

                  @Override
                  public String variable(String name) {
                    return name.equals("HOME") ? "/root" : null;
                  }
                }));
    return routed;
  }

  private static String valueOf(String format) {
    Routed routed = routed();
    routed.requests = Routed.add("set+ x: " + format);
    String value = routed.sentHead(REQUEST).header("x");
    return value == null ? "none" : value;
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = ';',
      quoteCharacter = '`',
      value = {
        "%RESPONSE_CODE%;                     0",
        "%RESPONSE_FLAGS%;                    -",
        "%RESPONSE_CODE_DETAILS%|;            |",
        "%UPSTREAM_CLUSTER%;                  c",
        "%ROUTE_NAME%;                        rn",
        "%UPSTREAM_REQUEST_ATTEMPT_COUNT%;    1",
        "%PROTOCOL%;                          HTTP/1.1",
        "%UPSTREAM_PROTOCOL%|;                |",
        "%PATH%;                              /p?q=1&r=%2f&q=2&e&=5",
        "%PATH(NQ)%;                          /p",
        "%PATH(WQ:ORIG)%|;                    |",
        "%QUERY_PARAM(q)%;                    1",
        "%QUERY_PARAM(r)%;                    /",
        "%QUERY_PARAM(e)%|;                   |",
        "%QUERY_PARAM(none)%|;                |",
        "%QUERY_PARAMS%;                      q=1&r=%2f&q=2&e&=5",
        "%QUERY_PARAMS(DECODED)%;             q=1&r=/&q=2&e&=5",
        "%REQ(none?:method)%;                 GET",
        "%REQ(:path):3%;                      /p?",
        "%REQ(:authority)%;                   h",
        "%REQ(host)%;                         h",
        "%REQ(:scheme)%;                      http",
        "%REQ(Cookie)%;                       a=1,b=2",
        "%METADATA(ROUTE:ns:a)%;              v",
        "%METADATA(ROUTE:ns:n)%;              2",
        "%METADATA(ROUTE:ns:f)%;              1.5",
        "%METADATA(ROUTE:ns:big)%;            12345678901",
        "%METADATA(ROUTE:ns:b)%;              true",
        "%METADATA(ROUTE:ns:l)%;              [1,\"x\"]",
        "%METADATA(ROUTE:ns:s)%;              {\"x\":null,\"y\":1}",
        "%METADATA(ROUTE:ns:s:y)%;            1",
        "%METADATA(ROUTE:ns:nul)%|;           |",
        "%METADATA(ROUTE:none)%|;             |",
        "%METADATA(VIRTUAL_HOST:ns:a)%;       vv",
        "%METADATA(VIRTUAL_HOST:ns:a):1%;     v",
        "%METADATA(CLUSTER:ns)%|;             |",
        "%METADATA(DYNAMIC:d:k)%;             dynamic",
        "%DYNAMIC_METADATA(d:k)%;             dynamic",
        "%DYNAMIC_METADATA([\"d\",\"k\"])%;   dynamic",
        "%DYNAMIC_METADATA( [\"d\", \"k\"] )%; dynamic",
        "%UPSTREAM_METADATA([\"ns\",\"a\"])%|; |",
        "%PER_REQUEST_STATE(key)%;            state",
        "%FILTER_STATE(key:PLAIN)%;           state",
        "%FILTER_STATE(none)%|;               |",
        "%ENVIRONMENT(HOME)%;                 /root",
        "%ENVIRONMENT(NOPE)%;                 -",
        "%HOSTNAME%;                          vm",
        "%START_TIME%;                        2026-11-21T16:07:35.315Z",
        "%START_TIME(%s.%3f)%;                1795277255.315",
        "%START_TIME(%Y/%m/%d %H:%M:%S)%;     2026/11/21 16:07:35",
        "%START_TIME(%z %Z %a %A %b %B)%;     +0000 UTC Sat Saturday Nov November",
        "%START_TIME(%j %e %I %p %y %%)%;     325 21 04 PM 26 %",
        "%START_TIME(%f %6f %9f %1f)%;        315742000 315742 315742000 3",
        "%START_TIME(%E3f %E6S %E*S)%;        315 35.315742 35.315742",
        "%START_TIME_LOCAL(%H)%;              16",
        "%EMIT_TIME(%Y)%;                     2027",
        "%COALESCE({\"operators\":[{\"command\":\"REQ\",\"param\":\"none\"},{\"command\":\"REQ\",\"param\":\":method\",\"max_length\":2}]})%; GE",
        "%COALESCE({\"operators\":[\"ROUTE_NAME\"]})%; rn",
        "%REQUESTED_SERVER_NAME(HOST_FIRST)%; h",
        "%DOWNSTREAM_REMOTE_ADDRESS%|;        |",
        "%RESPONSE_FLAGS_LONG%;               -",
        "100%%;                               100%",
        "%%%%;                                %%",
      })
  void anOperatorOfARequest(String format, String expected) {
    assertEquals(expected, valueOf(format));
  }

  /** As Envoy 1.40 answered. */
  @ParameterizedTest
  @CsvSource({"/o?p=1, '/o?p=1 /o?p=1 /o'", "'',     '/p?q=1&r=%2f&q=2&e&=5  /p'"})
  void theOriginalPathCountsWhereItIsNotEmpty(String original, String expected) {
    Routed routed = routed();
    routed.requests = Routed.add("set+ x: %PATH% %PATH(WQ:ORIG)% %PATH(NQ:ORIG_OR_PATH)%");
    FakeRequest head = REQUEST.header("x-envoy-original-path", original);
    assertEquals(
        expected, routed.sent(head).substring(routed.sent(head).lastIndexOf(" | x: ") + 6));
  }

  @Test
  void metadataOfANamespaceIsJsonWithSortedKeys() {
    assertEquals(
        "{\"a\":\"v\",\"b\":true,\"big\":12345678901,\"e\":\"\",\"f\":1.5,\"l\":[1,\"x\"],\"n\":2,"
            + "\"nul\":null,\"s\":{\"x\":null,\"y\":1}}",
        valueOf("%METADATA(ROUTE:ns)%"));
  }

  @Test
  void operatorsOfAResponseSeeIt() {
    Routed routed = routed();
    routed.responses =
        Routed.add(
            "set x: %RESP(r)%|%RESPONSE_CODE%|%RESPONSE_CODE_DETAILS%|%RESPONSE_FLAGS%|"
                + "%UPSTREAM_HOST%|%UPSTREAM_REQUEST_ATTEMPT_COUNT%|%RESP(:status)%|%REQ(:path)%");
    assertEquals(
        "SET x: v|503|via_upstream|URX|1.2.3.4:80|2|503|/p?q=1&r=%2f&q=2&e&=5",
        routed.answered(
            REQUEST,
            new ResponseInfo(503, "URX", "via_upstream", "1.2.3.4:80", 2),
            Map.of("r", "v")));
    assertEquals(
        "SET x: |0|a_b|UF,URX||2|503|/p?q=1&r=%2f&q=2&e&=5",
        routed.answered(REQUEST, new ResponseInfo(503, "UF,URX", "a b", "", 2), Map.of()));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "%",
        "a%",
        "%REQ%x",
        "%REQ(x",
        "%REQ(x)",
        "%REQ(a?b?c)%",
        "%REQ(a):x%",
        "%REQ(a):%",
        "%REQ()%",
        "%req(a)%",
        "%%%",
        "%%REQ(a)%",
        "%REQ(a)b)%",
        "%REQ(a b)%",
        "%PATH(XX)%",
        "%PATH(WQ:X)%",
        "%QUERY_PARAMS(X)%",
        "%GRPC_STATUS(X)%",
        "%METADATA(X:a)%",
        "%METADATA%",
        "%DYNAMIC_METADATA()%",
        "%UPSTREAM_METADATA%",
        "%PER_REQUEST_STATE(a:b)%",
        "%FILTER_STATE(a:FIELD)%",
        "%FILTER_STATE(a:X)%",
        "%REQUESTED_SERVER_NAME(X)%",
        "%COALESCE({\"operators\":[]})%",
        "%COALESCE({})%",
        "%COALESCE(x)%",
        "%COALESCE({\"operators\":[\"X\"]})%",
        "%COALESCE({\"operators\":[{\"command\":\"REQ\"}]})%",
        "%COALESCE({\"operators\":[{\"param\":\"REQ\"}]})%",
        "%COALESCE({\"operators\":[{\"command\":\"REQ\",\"param\":\"a\",\"max_length\":0}]})%",
        "%HOSTNAME():3%",
        "%DS_TX%",
        "%ROUTE_NAME(x)%",
        "%PROTOCOL:3%",
        "%ENVIRONMENT()%",
        "%COMMON_DURATION(A:B:s)%",
        "%COMMON_DURATION%",
        "%START_TIME:3%",
        "%REQ_WITHOUT_QUERY(a)%"
      })
  void whatEnvoyRefusesIsRefused(String format) {
    Routed routed = new Routed();
    routed.requests = Routed.add("set x: 1", "set x: " + format);
    InvalidRouteException refused = assertThrows(InvalidRouteException.class, routed::entry);
    assertEquals(
        "virtual_hosts[0].routes[0].request_headers_to_add[1].header.value", refused.path());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "%REQ(?a)%",
        "%REQ(a?)%",
        "%PATH(:ORIG)%",
        "%PATH(WQ:ORIG:z)%",
        "%PATH(NQ):3%",
        "%RESPONSE_CODE_DETAILS(X)%",
        "%COMMON_DURATION(A:B)%",
        "%COMMON_DURATION(A:B:us)%",
        "%START_TIME(%Q)%",
        "%START_TIME(%)%",
        "%METADATA(ROUTE)%",
        "%METADATA(ROUTE:)%",
        "%DYNAMIC_METADATA([])%",
        "%DYNAMIC_METADATA([\"a\",1])%",
        "%DYNAMIC_METADATA([a])%",
        "%UPSTREAM_METADATA(a)%",
        "%FILTER_STATE(a:FIELD:f)%",
        "%FILTER_STATE(a:PLAIN):5%",
        "%CEL(request.path)%",
        "%UPSTREAM_REMOTE_ADDRESS_WITHOUT_PORT(24)%",
        "%TRAILER(a?b):5%",
        "%TLS_JA3_FINGERPRINT()%",
        "%REQUESTED_SERVER_NAME(SNI_FIRST:ORIG)%"
      })
  void whatEnvoyTakesIsTaken(String format) {
    Routed routed = new Routed();
    routed.requests = Routed.add("set+ x: " + format);
    assertNotNull(routed.sentHead(REQUEST).header("x"));
  }

  @Test
  void anUnknownOperatorIsToldWithTheNearest() {
    Routed routed = new Routed();
    routed.requests = Routed.add("set x: %ROUT_NAME%");
    InvalidRouteException refused = assertThrows(InvalidRouteException.class, routed::entry);
    assertEquals(
        "has the command operator \"ROUT_NAME\", which is not known; the nearest is \"ROUTE_NAME\"",
        refused.reason());
  }

  @Test
  void operatorsWithoutValueAreNamed() {
    assertEquals(
        List.of("DOWNSTREAM_REMOTE_ADDRESS", "CEL"),
        Formats.operatorsWithoutValue(
            "%REQ(a)% %DOWNSTREAM_REMOTE_ADDRESS% 100%% %CEL(request.path)%"));
    assertEquals(List.of(), Formats.operatorsWithoutValue("100%"));
  }

  @ParameterizedTest
  @CsvSource({"/p/x, vc1|", "/q, |"})
  void theVirtualClusterIsTheFirstThatTakesTheRequest(String path, String expected) {
    RouteEntry route =
        Tables.of(
                """
                name: t
                virtual_hosts:
                - name: v
                  domains: ['*']
                  virtual_clusters:
                  - {name: vc1, headers: [{name: ':path', string_match: {prefix: /p}}]}
                  routes:
                  - match: {prefix: /}
                    route: {cluster: c}
                    request_headers_to_add:
                    - header: {key: x, value: '%VIRTUAL_CLUSTER_NAME%|'}
                """)
            .routes()
            .get(0);
    FakeRequest head = FakeRequest.get("http://h" + path);
    HeaderEdits edits = HeaderEdits.of(head);
    StreamInfo info = StreamInfo.of(0);
    route.finalizeRequest(head, info, route.target(head, info), edits, true);
    assertEquals(expected, edits.first("x"));
  }
}
