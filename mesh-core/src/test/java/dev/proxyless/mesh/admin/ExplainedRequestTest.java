package dev.proxyless.mesh.admin;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ExplainedRequestTest {

  @Test
  void whatIsNotSetIsAGetOfTheRoot() {
    ExplainedRequest request = ExplainedRequest.builder().authority("a").build();

    assertEquals("GET http://a/", request.toString());
    assertEquals(0, request.headerCount());
    assertEquals(Optional.empty(), request.trusted());
  }

  @ParameterizedTest
  @CsvSource({
    "a, http, 80",
    "a, https, 443",
    "a:8000, https, 8000",
    "[::1], http, 80",
    "[::1]:99, http, 99",
    "a:, http, 80",
    "a:99999, http, 80"
  })
  void thePortIsTheAuthoritysElseTheSchemes(String authority, String scheme, int port) {
    assertEquals(
        port, ExplainedRequest.builder().authority(authority).scheme(scheme).build().port());
  }

  @Test
  void aPathAndHeadersStayAsTheyAre() {
    ExplainedRequest request =
        ExplainedRequest.builder()
            .authority("a")
            .path("//x/../%2f y#z")
            .header("X-A", " 1 ")
            .header("x-a", "2")
            .trusted(false)
            .build();

    assertEquals("//x/../%2f y#z", request.path());
    assertEquals("X-A", request.headerName(0));
    assertEquals(" 1 ", request.headerValue(0));
    assertEquals("2", request.headerValue(1));
    assertEquals(Optional.of(false), request.trusted());
  }

  @Test
  void anAuthorityMustBeGiven() {
    assertEquals(
        "authority is missing; right would be HOST[:PORT]",
        assertThrows(
                IllegalArgumentException.class, () -> ExplainedRequest.builder().path("/").build())
            .getMessage());
  }
}
