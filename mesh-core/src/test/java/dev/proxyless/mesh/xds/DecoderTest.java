package dev.proxyless.mesh.xds;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.proxyless.mesh.document.Documents;
import dev.proxyless.mesh.model.HttpFault;
import dev.proxyless.mesh.model.RouteConfiguration;
import dev.proxyless.mesh.model.TlsContext;
import dev.proxyless.mesh.proto.InvalidMessageException;
import dev.proxyless.mesh.testing.Seeds;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** A bad resource is refused, whatever it does to the decoder. */
final class DecoderTest {

  private static final String ROUTES = "{name: r, virtual_hosts: [{name: v, domains: [v]}]}";

  private final Decoder decoder = new Decoder(new RealChecks());

  @Test
  void aFailureOfTheDecoderItselfRefusesTheResource() {
    for (Throwable failure :
        List.of(
            new StackOverflowError(),
            new IllegalStateException("bug"),
            new ArithmeticException("bug"),
            new NullPointerException("bug"))) {
      Decoder failing = new Decoder(new FailingChecks(failure));
      InvalidMessageException refused =
          assertThrows(
              InvalidMessageException.class,
              () ->
                  failing.decode(
                      ResourceType.ROUTE_CONFIGURATION,
                      Decoding.bytes(ResourceType.ROUTE_CONFIGURATION, ROUTES)));
      assertEquals("the resource cannot be decoded: " + failure, refused.getMessage());
      InvalidMessageException inText =
          assertThrows(
              InvalidMessageException.class,
              () ->
                  failing.decode(
                      ResourceType.ROUTE_CONFIGURATION, Documents.parse("r.yaml", ROUTES)));
      assertEquals(refused.getMessage(), inText.getMessage());
    }
  }

  @Test
  void anExpressionThatWouldOverflowTheStackIsRefused() {
    String deep = "(".repeat(50_000) + ")".repeat(50_000);
    String yaml =
        "{name: r, virtual_hosts: [{name: v, domains: [v], routes: [{match: {safe_regex: {regex: '"
            + deep
            + "'}}, redirect: {}}]}]}";
    InvalidMessageException refused =
        assertThrows(
            InvalidMessageException.class,
            () ->
                decoder.decode(
                    ResourceType.ROUTE_CONFIGURATION,
                    Decoding.bytes(ResourceType.ROUTE_CONFIGURATION, yaml)));
    assertEquals("virtual_hosts[0].routes[0].match.safe_regex.regex", refused.path());
  }

  /** Bytes that are almost a resource, cut and flipped, are decoded or refused. */
  @ParameterizedTest
  @EnumSource(ResourceType.class)
  void damagedResourcesAreDecodedOrRefused(ResourceType type) {
    byte[] whole = Decoding.bytes(type, sample(type));
    assertFalse(decoder.decode(type, whole).name().isEmpty());
    Seeds.each(
        5_000,
        random -> {
          byte[] damaged = damage(whole, random);
          try {
            assertFalse(decoder.decode(type, damaged).name().isEmpty());
          } catch (InvalidMessageException refused) {
            assertFalse(String.valueOf(refused.getMessage()).isEmpty());
          }
        });
  }

  @ParameterizedTest
  @EnumSource(ResourceType.class)
  void textThatIsNoResourceIsRefused(ResourceType type) {
    for (String yaml : List.of("[]", "5", "~", "text", "{nosuch: 1}", "{name: [1]}")) {
      InvalidMessageException refused =
          assertThrows(
              InvalidMessageException.class,
              () -> decoder.decode(type, Documents.parse("r.yaml", yaml)),
              yaml);
      assertTrue(String.valueOf(refused.getMessage()).contains("r.yaml:1"), refused.getMessage());
    }
  }

  @Test
  void aNameIsFoundWithoutDecoding() {
    assertEquals("r", ResourceNames.of(Decoding.bytes(ResourceType.ROUTE_CONFIGURATION, ROUTES)));
    assertEquals("", ResourceNames.of(new byte[0]));
    assertEquals("", ResourceNames.of(new byte[] {0x0a, 5, 'a'}));
    assertEquals("", ResourceNames.of(new byte[] {0x12, 0}));
    assertEquals("a", ResourceNames.of(new byte[] {0x12, 0, 0x0a, 1, 'a', 0x7f}));
  }

  private static byte[] damage(byte[] whole, Random random) {
    byte[] damaged =
        random.nextInt(4) == 0 ? Arrays.copyOf(whole, random.nextInt(whole.length)) : whole.clone();
    for (int i = random.nextInt(4); i > 0 && damaged.length > 0; i--) {
      damaged[random.nextInt(damaged.length)] = (byte) random.nextInt(256);
    }
    return damaged;
  }

  static String sample(ResourceType type) {
    return switch (type) {
      case CLUSTER ->
          """
          name: c
          type: STRICT_DNS
          connect_timeout: 1s
          lb_policy: LEAST_REQUEST
          dns_lookup_family: V4_ONLY
          load_assignment:
            endpoints:
            - lb_endpoints:
              - endpoint: {address: {socket_address: {address: a.local, port_value: 80}}}
          outlier_detection: {consecutive_5xx: 3, interval: 1s, max_ejection_percent: 50}
          circuit_breakers: {thresholds: [{max_requests: 5}]}
          metadata: {filter_metadata: {envoy.lb: {a: 1, b: [true, null, {c: d}]}}}
          """;
      case CLUSTER_LOAD_ASSIGNMENT ->
          """
          cluster_name: c
          endpoints:
          - locality: {region: r, zone: z}
            priority: 1
            load_balancing_weight: 5
            lb_endpoints:
            - health_status: HEALTHY
              endpoint:
                hostname: h
                address: {socket_address: {address: 10.0.0.1, port_value: 80}}
            - endpoint: {address: {socket_address: {address: 10.0.0.2, port_value: 80}}}
          """;
      case LISTENER ->
          """
          name: l
          address: {socket_address: {address: 0.0.0.0, port_value: 80}}
          filter_chains:
          - filter_chain_match: {destination_port: 80}
            filters:
            - name: hcm
              typed_config: {%s, stat_prefix: s, route_config: {name: r, virtual_hosts: [{name: v,
                domains: ["*"], routes: [{match: {prefix: /}, route: {cluster: c}}]}]}}
          """
              .formatted(Decoding.HTTP_CONNECTION_MANAGER);
      case ROUTE_CONFIGURATION ->
          """
          name: r
          virtual_hosts:
          - name: v
            domains: [a, "*.b"]
            routes:
            - match:
                safe_regex: {regex: /a.*}
                headers: [{name: h, string_match: {prefix: p}, invert_match: true}]
                query_parameters: [{name: q, string_match: {exact: v}}]
                runtime_fraction: {default_value: {numerator: 5, denominator: MILLION}}
              route:
                weighted_clusters: {clusters: [{name: a, weight: 1}, {name: b, weight: 2}]}
                timeout: 1.5s
                retry_policy: {retry_on: 5xx, retriable_status_codes: [500, 503]}
            - match: {prefix: /}
              direct_response: {status: 200, body: {inline_string: hello}}
          """;
    };
  }

  private record FailingChecks(Throwable failure) implements Checks {
    @Override
    public Optional<String> fileRefusal(String path) {
      return Optional.empty();
    }

    @Override
    public void fault(HttpFault fault, String path) {}

    @Override
    public void routes(RouteConfiguration configuration) {
      if (failure instanceof Error error) {
        throw error;
      }
      throw (RuntimeException) failure;
    }

    @Override
    public Optional<String> tlsRefusal(TlsContext context) {
      return Optional.empty();
    }
  }
}
