package dev.proxyless.mesh.appmesh;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.proxyless.mesh.model.Cluster;
import dev.proxyless.mesh.model.Cluster.Discovery;
import dev.proxyless.mesh.model.Cluster.HostAndPort;
import dev.proxyless.mesh.model.Cluster.IpPreference;
import dev.proxyless.mesh.model.Cluster.Protocol;
import dev.proxyless.mesh.model.DataSource;
import dev.proxyless.mesh.model.DownstreamTlsContext;
import dev.proxyless.mesh.model.StringMatcher;
import dev.proxyless.mesh.model.TlsContext;
import dev.proxyless.mesh.model.TlsContext.Identity;
import dev.proxyless.mesh.model.TlsContext.SanMatcher;
import dev.proxyless.mesh.model.TlsContext.SanType;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ClusterTranslationTest {

  private static final String FILES =
      "\"certificate\": {\"file\": {\"certificateChain\": \"/c.pem\", \"privateKey\": \"/k.pem\"}}";
  private static final String TRUST = "\"trust\": {\"file\": {\"certificateChain\": \"/ca.pem\"}}";

  @TempDir Path directory;
  private Apps apps;

  @BeforeEach
  void copy() {
    apps = new Apps(directory);
  }

  private Apps target(String listener, String discovery) {
    return apps.write(
        Apps.TARGET,
        """
        {"meshName": "apps", "virtualNodeName": "serviceB", "spec": {
          "listeners": [{"portMapping": {"port": 8000, "protocol": "http"}%s}],
          "serviceDiscovery": %s}}
        """
            .formatted(listener.isEmpty() ? "" : ", " + listener, discovery));
  }

  private Apps self(String policy) {
    return apps.write(
        Apps.SELF,
        """
        {"meshName": "apps", "virtualNodeName": "serviceA", "spec": {
          "backends": [{"virtualService": {"virtualServiceName": "serviceb.apps.local"%s}}]}}
        """
            .formatted(policy));
  }

  private static String clientPolicy(String tls) {
    return ", \"clientPolicy\": {\"tls\": " + tls + "}";
  }

  private static String dns(String more) {
    return "{\"dns\": {\"hostname\": \"b.local\"" + more + "}}";
  }

  @ParameterizedTest
  @CsvSource(
      nullValues = "-",
      value = {
        "-,            -,              true,  IPV6_PREFERRED",
        "LOADBALANCER, IPv4_PREFERRED, true,  IPV4_PREFERRED",
        "ENDPOINTS,    IPv4_ONLY,      false, IPV4_ONLY",
        "ENDPOINTS,    IPv6_ONLY,      false, IPV6_ONLY",
        "ENDPOINTS,    IPv6_PREFERRED, false, IPV6_PREFERRED"
      })
  void dnsIsLogicalOrStrictAndPrefersIpv6(
      String responseType, String preference, boolean logical, IpPreference family) {
    target(
        "",
        dns(
            (responseType == null ? "" : ", \"responseType\": \"" + responseType + "\"")
                + (preference == null ? "" : ", \"ipPreference\": \"" + preference + "\"")));

    Discovery.Dns dns = (Discovery.Dns) apps.cluster(Apps.B).discovery();
    assertEquals(List.of(new HostAndPort("b.local", 8000)), dns.hosts());
    assertEquals(logical, dns.logical());
    assertEquals(family, dns.family());
  }

  @Test
  void cloudMapsAttributesAndPreferenceTravelAsMetadata() {
    target(
        "",
        """
        {"awsCloudMap": {"namespaceName": "n", "serviceName": "s", "ipPreference": "IPv6_ONLY",
          "attributes": [{"key": "version", "value": "1"}, {"key": "empty", "value": ""}]}}
        """);
    assertEquals(
        new Discovery.CloudMap(
            Apps.B, "n", "s", Map.of("version", "1", "empty", ""), 8000, IpPreference.IPV6_ONLY),
        apps.cluster(Apps.B).discovery());
  }

  @ParameterizedTest
  @CsvSource({"http, HTTP1", "http2, HTTP2", "grpc, HTTP2"})
  void theProtocolIsInTheNameAndActs(String protocol, Protocol expected) {
    apps.edit(Apps.TARGET, "\"protocol\": \"http\" }", "\"protocol\": \"" + protocol + "\" }");
    Cluster cluster = apps.cluster("cds_egress_apps_serviceB_" + protocol + "_8000");
    assertEquals(expected, cluster.protocol());
  }

  @Test
  void aConnectionPoolAndAListenersTimeoutAreReportedNotToAct() {
    target(
        "\"connectionPool\": {\"http\": {\"maxConnections\": 1}}, \"timeout\": {\"http\": {}}",
        dns(""));
    List<String> problems =
        apps.problems().stream().filter(each -> each.startsWith(Apps.TARGET)).toList();
    assertEquals(
        List.of(
            Apps.TARGET + ":2: note: spec.listeners[0].connectionPool: does not act yet",
            Apps.TARGET + ":2: note: spec.listeners[0].timeout: does not act yet"),
        problems);
  }

  private TlsContext tls() {
    return apps.cluster(Apps.B).tls().orElseThrow().common();
  }

  private static SanMatcher san(SanType type, String name) {
    return new SanMatcher(type, StringMatcher.exact(name));
  }

  @Test
  void aPolicySpeaksTlsShowsItsCertificateAndChecksTheNamesGiven() {
    self(
        clientPolicy(
            """
            {%s, "validation": {%s, "subjectAlternativeNames":
              {"match": {"exact": ["spiffe://apps/b", "b.apps.local"]}}}}
            """
                .formatted(FILES, TRUST)));

    assertEquals(
        Optional.of(new Identity(new DataSource.File("/c.pem"), new DataSource.File("/k.pem"))),
        tls().identity());
    assertEquals(new DataSource.File("/ca.pem"), tls().validation().orElseThrow().trustedCa());
    assertEquals(
        List.of(san(SanType.URI, "spiffe://apps/b"), san(SanType.DNS, "b.apps.local")),
        tls().validation().orElseThrow().subjectAltNames());
  }

  @Test
  void aPolicyWithoutNamesExpectsTheServicesOwn() {
    self(clientPolicy("{\"validation\": {" + TRUST + "}}"));
    assertEquals(
        List.of(san(SanType.DNS, "serviceb.apps.local")),
        tls().validation().orElseThrow().subjectAltNames(),
        "service.namespace of Cloud Map");
    assertEquals(Optional.empty(), tls().identity());

    target("", dns(""));
    assertEquals(
        List.of(san(SanType.DNS, "b.local")), tls().validation().orElseThrow().subjectAltNames());
  }

  @Test
  void thePolicyOfABackendStandsBeforeTheDefaults() {
    String defaults = "{\"clientPolicy\": {\"tls\": {\"validation\": {" + TRUST + "}}}}";
    apps.edit(Apps.SELF, "\"backends\"", "\"backendDefaults\": " + defaults + ", \"backends\"");
    assertEquals(new DataSource.File("/ca.pem"), tls().validation().orElseThrow().trustedCa());

    apps.edit(
        Apps.SELF,
        "\"serviceb.apps.local\"",
        "\"serviceb.apps.local\""
            + clientPolicy("{\"validation\": {" + TRUST.replace("/ca", "/own") + "}}"));
    assertEquals(new DataSource.File("/own.pem"), tls().validation().orElseThrow().trustedCa());
  }

  @ParameterizedTest
  @CsvSource({"8000, true", "8001, false"})
  void aPolicyOfPortsHoldsForThese(int port, boolean speaksTls) {
    self(clientPolicy("{\"ports\": [" + port + "], \"validation\": {" + TRUST + "}}"));
    assertEquals(speaksTls, apps.cluster(Apps.B).tls().isPresent());
  }

  @ParameterizedTest
  @CsvSource({"STRICT, true", "PERMISSIVE, true", "DISABLED, false"})
  void withoutPolicyTheClientFollowsTheServersListenerUnchecked(String mode, boolean speaksTls) {
    target("\"tls\": {\"mode\": \"" + mode + "\", " + FILES + "}", dns(""));
    assertEquals(speaksTls, apps.cluster(Apps.B).tls().isPresent());
    if (speaksTls) {
      assertEquals(Optional.empty(), tls().validation());
    }
    assertEquals(
        mode.equals("PERMISSIVE") ? 1 : 0,
        apps.problems().stream().filter(each -> each.contains("PERMISSIVE is taken")).count());
  }

  @Test
  void aPolicyThatIsNotEnforcedSpeaksTlsWhereTheServerDoes() {
    String policy = clientPolicy("{\"enforce\": false, \"validation\": {" + TRUST + "}}");
    self(policy);
    assertEquals(Optional.empty(), apps.cluster(Apps.B).tls());

    target("\"tls\": {\"mode\": \"STRICT\", " + FILES + "}", dns(""));
    assertEquals(new DataSource.File("/ca.pem"), tls().validation().orElseThrow().trustedCa());
  }

  @Test
  void theServersOwnListenerAsksForCertificatesWhereItValidatesThem() {
    String listener = "\"listeners\": [ { \"tls\": {\"mode\": \"STRICT\", " + FILES + "%s}, ";
    apps.edit(Apps.SELF, "\"listeners\": [ { ", listener.formatted(""));
    assertEquals(false, ingress().requireClientCertificate());
    assertEquals(
        Optional.of(new Identity(new DataSource.File("/c.pem"), new DataSource.File("/k.pem"))),
        ingress().common().identity());

    apps.edit(
        Apps.SELF,
        FILES,
        FILES
            + ", \"validation\": {"
            + TRUST
            + ", \"subjectAlternativeNames\": {\"match\": {\"exact\": [\"spiffe://apps/a\"]}}}");
    assertEquals(true, ingress().requireClientCertificate());
    assertEquals(
        List.of(san(SanType.URI, "spiffe://apps/a")),
        ingress().common().validation().orElseThrow().subjectAltNames());
  }

  private DownstreamTlsContext ingress() {
    return apps.listener("lds_ingress_0.0.0.0_15000").filterChains().get(0).tls().orElseThrow();
  }
}
