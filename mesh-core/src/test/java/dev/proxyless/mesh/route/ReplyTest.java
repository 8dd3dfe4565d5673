package dev.proxyless.mesh.route;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.proxyless.mesh.model.Metadata;
import dev.proxyless.mesh.model.RegexRewrite;
import dev.proxyless.mesh.model.RouteAction.BodyFormat;
import dev.proxyless.mesh.model.RouteAction.DirectResponse;
import dev.proxyless.mesh.model.RouteAction.PathRewrite;
import dev.proxyless.mesh.model.RouteAction.Redirect;
import dev.proxyless.mesh.testing.FakeRequest;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Redirects and direct responses: envoy-semantics 1.8 and 1.9, as Envoy 1.40 answered. */
class ReplyTest {

  private static DirectReply reply(
      int status, String body, Object format, Optional<String> type, boolean omitEmpty) {
    Routed routed = new Routed();
    routed.metadata = new Metadata(Map.of("ns", Map.of("a", "v", "n", 2.0)));
    routed.action =
        Optional.of(
            new DirectResponse(status, body, Optional.of(new BodyFormat(format, type, omitEmpty))));
    return routed.entry().directReply(FakeRequest.get("http://h/"), StreamInfo.of(0));
  }

  @Test
  void aBodyAsItStands() {
    Routed routed = new Routed();
    routed.action = Optional.of(new DirectResponse(404, "hi %REQ(x)%", Optional.empty()));
    assertEquals(
        new DirectReply(404, "hi %REQ(x)%", Optional.empty(), Optional.empty()),
        routed.entry().directReply(FakeRequest.get("http://h/"), StreamInfo.of(0)));
  }

  @Test
  void aStatusThatPointsElsewherePointsToTheRequestItself() {
    Routed routed = new Routed();
    for (int status : new int[] {201, 302, 304}) {
      routed.action = Optional.of(new DirectResponse(status, "", Optional.empty()));
      assertEquals(
          Optional.of("http://h/p?q"),
          routed.entry().directReply(FakeRequest.get("http://h/p?q"), StreamInfo.of(0)).location());
    }
  }

  @Test
  void aTextSeesTheBodyAndADashForWhatIsMissing() {
    String text =
        "%LOCAL_REPLY_BODY% %RESPONSE_CODE% %REQ(:path)% %REQ(none)% %ROUTE_NAME%"
            + " %RESPONSE_FLAGS% %RESPONSE_CODE_DETAILS% %PROTOCOL% %UPSTREAM_HOST% %%";
    DirectReply reply = reply(503, "hi", text, Optional.empty(), false);
    assertEquals("hi 0 / - rn - - HTTP/1.1 - %", reply.body());
    assertEquals(Optional.empty(), reply.contentType());
    reply = reply(503, "hi", "%LOCAL_REPLY_BODY% %REQ(none)%|", Optional.of("text/x"), true);
    assertEquals("hi |", reply.body());
    assertEquals(Optional.of("text/x"), reply.contentType());
  }

  @Test
  void jsonKeepsTypes() {
    Map<String, Object> format = new HashMap<>();
    format.put("z", "%LOCAL_REPLY_BODY%");
    format.put("a", "%RESPONSE_CODE%");
    format.put("m", "%REQ(none)%");
    format.put("b", "x%RESPONSE_CODE%");
    format.put("n", Map.of("k", "%REQ(:path)%", "q", "%REQ(none)%"));
    format.put("l", List.of("%RESPONSE_CODE%", "s", "%REQ(none)%"));
    format.put("num", 1.5);
    format.put("t", true);
    format.put("nul", null);
    format.put("e", "");
    format.put("pc", "%%");
    format.put("meta", "%METADATA(ROUTE:ns)%");
    format.put("at", "%UPSTREAM_REQUEST_ATTEMPT_COUNT%");
    DirectReply reply = reply(503, "h\"i", format, Optional.empty(), false);
    assertEquals(
        "{\"a\":0,\"at\":0,\"b\":\"x0\",\"e\":\"\",\"l\":[0,\"s\",null],\"m\":null,\"meta\":"
            + "{\"a\":\"v\",\"n\":2},\"n\":{\"k\":\"/\",\"q\":null},\"nul\":null,\"num\":1.5,"
            + "\"pc\":\"%\",\"t\":true,\"z\":\"h\\\"i\"}\n",
        reply.body());
    assertEquals(Optional.of("application/json"), reply.contentType());
  }

  @Test
  void jsonLeavesOutWhatIsEmpty() {
    Map<String, Object> format = new HashMap<>();
    format.put("m", Map.of());
    format.put("l", List.of());
    format.put("n", Map.of("a", "%REQ(x)%"));
    format.put("o", Arrays.asList("%REQ(x)%", "y"));
    format.put("c", "a%REQ(x)%");
    format.put("e", "");
    format.put("q", null);
    assertEquals(
        "{\"c\":\"a\",\"e\":\"\",\"l\":[],\"o\":[\"y\"]}\n",
        reply(503, "hi", format, Optional.empty(), true).body());
  }

  @Test
  void aBodysFormatThatDoesNotCompileIsRefused() {
    InvalidRouteException refused =
        assertThrows(
            InvalidRouteException.class,
            () -> reply(503, "", Map.of("a", List.of("%X%")), Optional.empty(), false));
    assertEquals(
        "virtual_hosts[0].routes[0].direct_response.body_format.json_format[\"a\"][0]",
        refused.path());
  }

  @ParameterizedTest
  @CsvSource({
    "https, http,  h:80,  https://h/p",
    "https, https, h:443, https://h:443/p",
    "https, https, h:80,  https://h:80/p",
    "https, http,  h:443, https://h:443/p",
    "https, HTTP,  h:80,  https://h/p",
    "http,  https, h:443, http://h/p",
    "http,  https, h:80,  http://h:80/p",
    "HTTPS, http,  h:80,  HTTPS://h/p",
    "HTTPS, https, h:443, HTTPS://h/p"
  })
  void theForwardedSchemeTellsWhichPortItImplied(
      String scheme, String forwarded, String authority, String expected) {
    Routed routed = new Routed();
    routed.action = Optional.of(redirect(Optional.of(scheme), new PathRewrite.None(), false));
    FakeRequest head =
        FakeRequest.get("http://" + authority + "/p").header("x-forwarded-proto", forwarded);
    assertEquals(expected, routed.entry().redirectLocation(head, StreamInfo.of(0)));
  }

  private static Redirect redirect(
      Optional<String> scheme, PathRewrite rewrite, boolean stripQuery) {
    return new Redirect(
        scheme, Optional.empty(), OptionalInt.empty(), Optional.empty(), rewrite, 301, stripQuery);
  }

  @ParameterizedTest
  @CsvSource({
    "false, /p/a?q, http://h/n/a?z=1?q",
    "false, /p/a,   http://h/n/a?z=1",
    "false, /x?q,   http://h/x?q",
    "true,  /p/a?q, http://h/n/a",
    "true,  /x?q,   http://h/x"
  })
  void aRedirectsExpression(boolean stripQuery, String path, String expected) {
    PathRewrite rewrite = new PathRewrite.Regex(new RegexRewrite("^/p/(.*)$", "/n/\\1?z=1"));
    Routed routed = new Routed();
    routed.action = Optional.of(redirect(Optional.empty(), rewrite, stripQuery));
    assertEquals(
        expected,
        routed.entry().redirectLocation(FakeRequest.get("http://h" + path), StreamInfo.of(0)));
  }

  @ParameterizedTest
  @CsvSource({
    "/n%REQ(:path)%, false, http://h/n/p?q",
    "/n%PATH(NQ)%,   false, http://h/n/p?q",
    "%REQ(none)%,    false, http://h/p?q",
    "%REQ(x)%-,      true,  http://h/-"
  })
  void aRedirectsFormatActsLikeAPath(String format, boolean stripQuery, String expected) {
    Routed routed = new Routed();
    routed.action =
        Optional.of(redirect(Optional.empty(), new PathRewrite.Format(format), stripQuery));
    assertEquals(
        expected,
        routed.entry().redirectLocation(FakeRequest.get("http://h/p?q"), StreamInfo.of(0)));
  }
}
