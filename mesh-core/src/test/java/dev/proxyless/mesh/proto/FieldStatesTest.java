package dev.proxyless.mesh.proto;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;

import com.google.protobuf.BoolValue;
import com.google.protobuf.UInt32Value;
import com.google.protobuf.util.JsonFormat;
import dev.proxyless.mesh.document.Documents;
import dev.proxyless.mesh.document.Node;
import io.envoyproxy.envoy.config.cluster.v3.CircuitBreakers;
import io.envoyproxy.envoy.config.cluster.v3.Cluster;
import io.envoyproxy.envoy.config.core.v3.ConfigSource;
import io.envoyproxy.envoy.config.core.v3.PathConfigSource;
import io.envoyproxy.envoy.config.listener.v3.Listener;
import io.envoyproxy.envoy.config.route.v3.RateLimit;
import io.envoyproxy.envoy.config.route.v3.RedirectAction;
import io.envoyproxy.envoy.config.route.v3.Route;
import io.envoyproxy.envoy.config.route.v3.RouteConfiguration;
import io.envoyproxy.envoy.config.route.v3.Vhds;
import io.envoyproxy.envoy.config.route.v3.VirtualHost;
import io.envoyproxy.envoy.extensions.transport_sockets.tls.v3.DownstreamTlsContext;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What becomes of a field that does not act: in bytes and in JSON alike. */
final class FieldStatesTest {

  private static final String ROUTES = "envoy.config.route.v3.RouteConfiguration";

  @Test
  void aReportedFieldIsNamedAndTheResourceIsRead() throws Exception {
    RouteConfiguration routes =
        RouteConfiguration.newBuilder()
            .setName("r")
            .addVirtualHosts(VirtualHost.newBuilder().addRateLimits(RateLimit.getDefaultInstance()))
            .build();
    assertFindings(
        routes, "virtual_hosts[0].rate_limits: is not supported; it changes nothing REPORTED");
  }

  @Test
  void anInertFieldIsNotedAndNotReported() throws Exception {
    Listener listener = Listener.newBuilder().setName("l").setStatPrefix("s").build();
    assertFindings(listener, "stat_prefix: has no meaning in a process INERT");
    assertEquals(List.of(), findings(listener).reported());
  }

  @Test
  void aRejectedFieldRefusesTheResourceAtItsPath() throws Exception {
    RouteConfiguration routes =
        RouteConfiguration.newBuilder().setVhds(Vhds.getDefaultInstance()).build();
    assertRefused(
        routes,
        "vhds: is not supported, and the resource would mean something else without it",
        "vhds");
  }

  @Test
  void anExplicitNoToWhatIsNotDoneAnywayIsNoMatter() throws Exception {
    assertFindings(DownstreamTlsContext.newBuilder().setRequireSni(BoolValue.of(false)).build());
    assertRefused(
        DownstreamTlsContext.newBuilder().setRequireSni(BoolValue.of(true)).build(),
        "require_sni: is not supported, and the resource would mean something else without it",
        "require_sni");
  }

  @Test
  void aLimitThatIsNoneIsNoMatter() throws Exception {
    for (int unlimited : new int[] {Integer.MAX_VALUE, -1}) {
      assertFindings(
          CircuitBreakers.Thresholds.newBuilder()
              .setMaxConnections(UInt32Value.of(unlimited))
              .build());
    }
    assertFindings(
        CircuitBreakers.Thresholds.newBuilder().setMaxConnections(UInt32Value.of(100)).build(),
        "max_connections: is not supported; max_requests bounds the cluster REPORTED");
  }

  @Test
  void aDefaultWithoutPresenceIsNotSet() {
    Findings findings = new Findings();
    MessageType type =
        FieldTable.xds().type("envoy.extensions.transport_sockets.tls.v3.DownstreamTlsContext");
    Message message =
        JsonReader.read(
            type, Documents.parse("t.yaml", "{ocsp_staple_policy: LENIENT_STAPLING}"), findings);
    assertFalse(message.has("ocsp_staple_policy"));
    assertEquals(List.of(), findings.all());
  }

  @Test
  void emptyListsAndMapsAreNotSet() {
    Findings findings = new Findings();
    Message message =
        JsonReader.read(
            FieldTable.xds().type("envoy.config.route.v3.VirtualHost"),
            Documents.parse("t.json", "{\"rate_limits\": [], \"typed_per_filter_config\": {}}"),
            findings);
    assertFalse(message.has("rate_limits"));
    assertEquals(List.of(), findings.all());
  }

  @Test
  void aFieldThatNobodyKnowsIsReportedByItsNumber() {
    WireWriter out = new WireWriter();
    out.stringField(1, "routes");
    out.varintField(4711, 1);
    Findings findings = new Findings();
    Message message =
        MessageReader.read(FieldTable.xds().type(ROUTES), out.toBytes(), "", findings);
    assertEquals("routes", message.string("name"));
    assertEquals(
        "#4711: field 4711 of " + ROUTES + " is unknown", findings.reported().get(0).toString());
  }

  @Test
  void aFieldOfJsonThatNobodyKnowsIsRefused() {
    InvalidMessageException refused =
        assertThrows(
            InvalidMessageException.class,
            () -> json(ROUTES, "virtual_hosts:\n- name: a\n  domain: [b]\n"));
    assertEquals(
        "virtual_hosts[0].domain: is no field of envoy.config.route.v3.VirtualHost (test.yaml:3)",
        refused.getMessage());
  }

  @Test
  void theTypeIsNamedInAnAnyAlone() {
    InvalidMessageException refused =
        assertThrows(
            InvalidMessageException.class, () -> json(ROUTES, "\"@type\": type.googleapis.com/x"));
    assertEquals("@type", refused.path());
  }

  @Test
  void anUnknownValueOfAnEnumThatActsIsRefused() throws Exception {
    Route route =
        Route.newBuilder()
            .setRedirect(RedirectAction.newBuilder().setResponseCodeValue(77))
            .build();
    assertRefused(
        route,
        "redirect.response_code: is 77, which is unknown; right would be one of MOVED_PERMANENTLY,"
            + " FOUND, SEE_OTHER, TEMPORARY_REDIRECT, PERMANENT_REDIRECT",
        "redirect.response_code");
  }

  @Test
  void aWrongNameOfAnEnumSaysWhichAreRight() {
    InvalidMessageException refused =
        assertThrows(
            InvalidMessageException.class,
            () -> json("envoy.config.route.v3.RedirectAction", "response_code: TELEPORT"));
    assertEquals(
        "response_code: is not usable here; right would be one of MOVED_PERMANENTLY, FOUND,"
            + " SEE_OTHER, TEMPORARY_REDIRECT, PERMANENT_REDIRECT (test.yaml:1)",
        refused.getMessage());
  }

  @Test
  void aWrongValueNamesItsPlaceInTheFile() {
    InvalidMessageException refused =
        assertThrows(
            InvalidMessageException.class,
            () -> json(ROUTES, "name: r\nvirtual_hosts:\n- name: on\n"));
    assertEquals(
        "test.yaml:3: virtual_hosts[0].name: is true; right would be a text, in quotes if it is"
            + " meant",
        refused.getMessage());
    assertEquals("virtual_hosts[0].name", refused.path());
  }

  @Test
  void aFieldThatDoesNotActIsNotOpened() throws Exception {
    Cluster cluster =
        Cluster.newBuilder()
            .setName("c")
            .setLrsServer(
                ConfigSource.newBuilder()
                    .setPathConfigSource(PathConfigSource.newBuilder().setPath("/rejected")))
            .build();
    assertFindings(cluster, "lrs_server: has no meaning in a process INERT");
  }

  @Test
  void findingsNameTheElementOfAList() throws Exception {
    RouteConfiguration routes =
        RouteConfiguration.newBuilder()
            .addVirtualHosts(VirtualHost.newBuilder().setName("a"))
            .addVirtualHosts(
                VirtualHost.newBuilder()
                    .setName("b")
                    .addRoutes(Route.newBuilder().setStatPrefix("s")))
            .build();
    assertFindings(
        routes, "virtual_hosts[1].routes[0].stat_prefix: has no meaning in a process INERT");
  }

  @Test
  void findingsAreBoundedAndNotRepeated() {
    Findings findings = new Findings();
    for (int i = 0; i < 5_000; i++) {
      findings.report("a[" + i + "]", "is not supported");
      findings.report("a[" + i + "]", "is not supported");
    }
    assertEquals(1_000, findings.all().size());
    assertEquals("a[999]: is not supported", findings.all().get(999).toString());
  }

  /** Reads a message both ways; findings are told as {@code path: reason STATE}. */
  private static void assertFindings(com.google.protobuf.Message message, String... expected)
      throws Exception {
    assertEquals(List.of(expected), told(findings(message)), "in bytes");
    Findings inJson = new Findings();
    JsonReader.read(type(message), document(message), inJson);
    assertEquals(List.of(expected), told(inJson), "in JSON");
  }

  private static void assertRefused(
      com.google.protobuf.Message message, String expected, String path) throws Exception {
    InvalidMessageException inBytes =
        assertThrows(InvalidMessageException.class, () -> findings(message));
    assertEquals(expected, inBytes.getMessage());
    assertEquals(path, inBytes.path());
    InvalidMessageException inJson =
        assertThrows(
            InvalidMessageException.class,
            () -> JsonReader.read(type(message), document(message), new Findings()));
    assertEquals(expected, inJson.getMessage());
    assertEquals(path, inJson.path());
  }

  private static List<String> told(Findings findings) {
    return findings.all().stream().map(finding -> finding + " " + finding.state()).toList();
  }

  private static Findings findings(com.google.protobuf.Message message) {
    Findings findings = new Findings();
    MessageReader.read(type(message), message.toByteArray(), "", findings);
    return findings;
  }

  private static MessageType type(com.google.protobuf.Message message) {
    return FieldTable.xds().type(message.getDescriptorForType().getFullName());
  }

  private static Node document(com.google.protobuf.Message message) throws Exception {
    return Documents.parse(
        "test.json", JsonFormat.printer().preservingProtoFieldNames().print(message));
  }

  private static Message json(String type, String yaml) {
    return JsonReader.read(
        FieldTable.xds().type(type), Documents.parse("test.yaml", yaml), new Findings());
  }
}
