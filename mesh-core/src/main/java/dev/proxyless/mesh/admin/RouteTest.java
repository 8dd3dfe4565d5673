package dev.proxyless.mesh.admin;

import dev.proxyless.mesh.model.HeaderMatcher;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * One test of a route configuration, as Envoy's router check tool has it ({@code ValidationItem}).
 *
 * @param name its name; need not be the only one of that name
 * @param input the request that is routed
 * @param expected what is asserted of it
 */
public record RouteTest(String name, Input input, Expected expected) {

  /**
   * What is routed.
   *
   * @param request its head; {@code x-forwarded-proto} and {@code x-envoy-internal} among its
   *     headers
   * @param random the stream's random number
   * @param internal whether the caller is trusted
   * @param runtime the one key whose runtime fractions are in force; empty where none is
   * @param responseHeaders what the endpoint answers with
   * @param dynamicMetadata by namespace
   */
  public record Input(
      ExplainedRequest request,
      long random,
      boolean internal,
      String runtime,
      List<HeaderLine> responseHeaders,
      Map<String, Map<String, Object>> dynamicMetadata) {}

  /**
   * What is asserted. What is empty is not checked; a text that is {@code ""} asserts that there is
   * none.
   *
   * @param texts by the field of {@code ValidationAssert} that names them
   * @param redirectCode {@code code_redirect}
   * @param requestHeaders of the request as it is sent upstream
   * @param responseHeaders of the response as it is sent to the caller
   */
  public record Expected(
      Map<Field, String> texts,
      OptionalInt redirectCode,
      List<HeaderAssertion> requestHeaders,
      List<HeaderAssertion> responseHeaders) {}

  /** What is asserted by its text. */
  public enum Field {
    CLUSTER_NAME,
    VIRTUAL_CLUSTER_NAME,
    VIRTUAL_HOST_NAME,
    PATH_REWRITE,
    HOST_REWRITE,
    PATH_REDIRECT
  }

  /**
   * One line of headers.
   *
   * @param name in any case
   * @param value its value
   */
  public record HeaderLine(String name, String value) {}

  /**
   * What is asserted of a header.
   *
   * @param field where the assertion stands, such as {@code request_header_matches[0]}
   * @param name the header's name, in lower case
   * @param matcher a condition; where it is empty, the first value is {@code value}
   * @param value the value, {@code ""} for a header that is missing or empty
   */
  public record HeaderAssertion(
      String field, String name, Optional<HeaderMatcher> matcher, String value) {}
}
