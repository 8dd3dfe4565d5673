package dev.proxyless.mesh.xds;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.proxyless.mesh.document.Json;
import dev.proxyless.mesh.model.DataSource;
import dev.proxyless.mesh.model.DownstreamTlsContext;
import dev.proxyless.mesh.model.StringMatcher;
import dev.proxyless.mesh.model.TlsContext;
import dev.proxyless.mesh.model.TlsContext.Identity;
import dev.proxyless.mesh.model.TlsContext.SanMatcher;
import dev.proxyless.mesh.model.TlsContext.SanType;
import dev.proxyless.mesh.model.TlsContext.Validation;
import dev.proxyless.mesh.model.TlsContext.Version;
import dev.proxyless.mesh.model.UpstreamTlsContext;
import dev.proxyless.mesh.testing.TestCertificates;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class TlsDecoderTest {

  private static final TestCertificates AUTHORITY = new TestCertificates("test");
  private static final TestCertificates.Issued ISSUED = AUTHORITY.issue("spiffe://apps/a");

  @TempDir private Path directory;
  private Decoding decoding = new Decoding(new RealChecks());
  private String ca = "";
  private String chain = "";
  private String key = "";

  @BeforeEach
  void writeCertificates() {
    AUTHORITY.write(directory, "a", ISSUED);
    decoding = new Decoding(new RealChecks(directory));
    ca = file("ca.pem");
    chain = file("a.pem");
    key = file("a-key.pem");
  }

  @Test
  void everythingThatAnUpstreamContextCanSayIsRead() {
    UpstreamTlsContext context =
        upstream(
            "sni: a.local, common_tls_context: {tls_certificates: [{certificate_chain: "
                + chain
                + ", private_key: "
                + key
                + "}], validation_context: {trusted_ca: "
                + ca
                + ", match_typed_subject_alt_names: [{san_type: URI, matcher: {exact:"
                + " 'spiffe://apps/b'}}]}, alpn_protocols: [h2, http/1.1], tls_params:"
                + " {tls_minimum_protocol_version: TLSv1_3, tls_maximum_protocol_version:"
                + " TLSv1_3}}");
    assertEquals(
        new UpstreamTlsContext(
            new TlsContext(
                Optional.of(new Identity(at("a.pem"), at("a-key.pem"))),
                Optional.of(
                    new Validation(
                        at("ca.pem"),
                        List.of(
                            new SanMatcher(SanType.URI, StringMatcher.exact("spiffe://apps/b"))))),
                List.of("h2", "http/1.1"),
                Version.TLS_1_3,
                Version.TLS_1_3),
            "a.local"),
        context);
  }

  @Test
  void anEmptyContextAcceptsAnyPeerByBothVersions() {
    assertEquals(
        new UpstreamTlsContext(
            new TlsContext(
                Optional.empty(), Optional.empty(), List.of(), Version.TLS_1_2, Version.TLS_1_3),
            ""),
        upstream("common_tls_context: {}"));
  }

  @Test
  void aDownstreamContextIsRead() {
    DownstreamTlsContext context =
        downstream(
            "require_client_certificate: true, common_tls_context: {tls_certificates: ["
                + certificate()
                + "], validation_context: {trusted_ca: "
                + ca
                + "}}");
    assertTrue(context.requireClientCertificate());
    assertEquals(List.of(), context.common().validation().orElseThrow().subjectAltNames());
    assertFalse(
        downstream("common_tls_context: {tls_certificates: [" + certificate() + "]}")
            .requireClientCertificate());
  }

  @Test
  void aRawBufferIsPlaintext() {
    assertEquals(
        Optional.empty(),
        decoding
            .cluster(
                cluster(
                    "\"@type\":"
                        + " type.googleapis.com/envoy.extensions.transport_sockets.raw_buffer.v3.RawBuffer"))
            .tls());
  }

  @Test
  void inlineCertificatesNeedNoDirectory() {
    Decoding noDirectories = new Decoding(new RealChecks());
    String inline =
        "{certificate_chain: {inline_string: "
            + Json.line(ISSUED.certificatePem())
            + "}, private_key: {inline_bytes: "
            + Base64.getEncoder().encodeToString(ISSUED.keyPem().getBytes(UTF_8))
            + "}}";
    UpstreamTlsContext context =
        noDirectories
            .cluster(tls("common_tls_context: {tls_certificates: [" + inline + "]}"))
            .tls()
            .orElseThrow();
    assertEquals(
        new DataSource.Inline(ISSUED.keyPem().getBytes(UTF_8)),
        context.common().identity().orElseThrow().privateKey());
    assertFalse(context.toString().contains("PRIVATE"), context.toString());
  }

  @Test
  void namesOfAnyKindBecomeFourMatchers() {
    assertEquals(
        List.of(
            new SanMatcher(SanType.EMAIL, StringMatcher.exact("b")),
            new SanMatcher(SanType.DNS, StringMatcher.exact("b")),
            new SanMatcher(SanType.URI, StringMatcher.exact("b")),
            new SanMatcher(SanType.IP_ADDRESS, StringMatcher.exact("b"))),
        upstream(
                "common_tls_context: {validation_context: {trusted_ca: "
                    + ca
                    + ", match_subject_alt_names: [{exact: b}]}}")
            .common()
            .validation()
            .orElseThrow()
            .subjectAltNames());
  }

  @ParameterizedTest
  @CsvSource({
    "TLS_AUTO, TLS_AUTO, TLS_1_2, TLS_1_3",
    "TLSv1_2, TLSv1_2, TLS_1_2, TLS_1_2",
    "TLSv1_3, TLS_AUTO, TLS_1_3, TLS_1_3",
    "TLSv1_0, TLSv1_3, TLS_1_2, TLS_1_3",
  })
  void versions(String min, String max, Version minimum, Version maximum) {
    TlsContext context = upstream("common_tls_context: {" + params(min, max) + "}").common();
    assertEquals(minimum, context.minimum());
    assertEquals(maximum, context.maximum());
  }

  @Test
  void anOldMinimumIsReported() {
    assertEquals(
        List.of(
            "transport_socket.typed_config.common_tls_context.tls_params.tls_minimum_protocol_version:"
                + " is older than 1.2, which is the oldest that is spoken"),
        decoding.reported(
            ResourceType.CLUSTER,
            tls("common_tls_context: {" + params("TLSv1_1", "TLSv1_2") + "}")));
  }

  @ParameterizedTest(name = "{1}")
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "sni: a                          | common_tls_context: is required",
        "auto_host_sni: true             | auto_host_sni: is not supported, and the resource would"
            + " mean something else without it",
        "common_tls_context: {tls_params: {tls_minimum_protocol_version: TLSv1_3,"
            + " tls_maximum_protocol_version: TLSv1_2}} |"
            + " common_tls_context.tls_params.tls_maximum_protocol_version: is older than the minimum",
        "common_tls_context: {tls_params: {tls_maximum_protocol_version: TLSv1_1}} |"
            + " common_tls_context.tls_params.tls_maximum_protocol_version: is TLSv1_1; 1.2 is the"
            + " oldest that is spoken",
        "common_tls_context: {tls_params: {cipher_suites: [AES]}} |"
            + " common_tls_context.tls_params.cipher_suites: is not supported, and the resource"
            + " would mean something else without it",
        "common_tls_context: {tls_certificates: [{}, {}]} | common_tls_context.tls_certificates:"
            + " has 2 entries; one is supported",
        "common_tls_context: {tls_certificates: [{}]} |"
            + " common_tls_context.tls_certificates[0].certificate_chain: is required",
        "common_tls_context: {tls_certificates: [{certificate_chain: {inline_string: a}}]} |"
            + " common_tls_context.tls_certificates[0].private_key: is required",
        "common_tls_context: {tls_certificates: [{certificate_chain: {}, private_key: {}}]} |"
            + " common_tls_context.tls_certificates[0].certificate_chain.filename: is required",
        "common_tls_context: {tls_certificate_sds_secret_configs: [{name: s}]} |"
            + " common_tls_context.tls_certificate_sds_secret_configs: is not supported, and the"
            + " resource would mean something else without it",
        "common_tls_context: {validation_context: {}} |"
            + " common_tls_context.validation_context.trusted_ca: is required: names without a"
            + " chain to trust prove nothing",
        "common_tls_context: {validation_context: {trust_chain_verification: ACCEPT_UNTRUSTED}} |"
            + " common_tls_context.validation_context.trust_chain_verification: is not supported,"
            + " and the resource would mean something else without it",
        "common_tls_context: {validation_context: {verify_certificate_hash: [a]}} |"
            + " common_tls_context.validation_context.verify_certificate_hash: is not supported,"
            + " and the resource would mean something else without it",
        "common_tls_context: {validation_context: {trusted_ca: {inline_string: x},"
            + " match_typed_subject_alt_names: [{matcher: {exact: a}}]}} |"
            + " common_tls_context.validation_context.match_typed_subject_alt_names[0].san_type: is"
            + " SAN_TYPE_UNSPECIFIED; right would be EMAIL, DNS, URI or IP_ADDRESS",
        "common_tls_context: {validation_context: {trusted_ca: {inline_string: x},"
            + " match_typed_subject_alt_names: [{san_type: DNS}]}} |"
            + " common_tls_context.validation_context.match_typed_subject_alt_names[0].matcher: is"
            + " required",
        "common_tls_context: {validation_context: {trusted_ca: {inline_string: x},"
            + " match_subject_alt_names: [{safe_regex: {regex: a}}]}} |"
            + " common_tls_context.validation_context.match_subject_alt_names[0].safe_regex: is not"
            + " supported for names of certificates yet",
        "common_tls_context: {validation_context: {trusted_ca: {inline_string: x}}} |"
            + " common_tls_context.validation_context.trusted_ca: cannot be used: inline: holds no"
            + " certificate; right would be PEM with -----BEGIN CERTIFICATE-----",
        "common_tls_context: {tls_certificates: [{certificate_chain: {inline_string: x},"
            + " private_key: {inline_string: y}}]} | common_tls_context.tls_certificates[0]: cannot"
            + " be used: inline: holds no certificate; right would be PEM with -----BEGIN"
            + " CERTIFICATE-----",
        "common_tls_context: {validation_context: {trusted_ca: {environment_variable: CA}}} |"
            + " common_tls_context.validation_context.trusted_ca.environment_variable: is not"
            + " supported, and the resource would mean something else without it",
      })
  void anUpstreamContextThatCannotBeUsedIsRefused(String yaml, String message) {
    decoding.assertRefused(
        ResourceType.CLUSTER, tls(yaml), "transport_socket.typed_config." + message);
  }

  @Test
  void aServerNameIsBounded() {
    decoding.assertRefused(
        ResourceType.CLUSTER,
        tls("common_tls_context: {}, sni: " + "a".repeat(256)),
        "transport_socket.typed_config.sni: is longer than 255 bytes");
    assertEquals(255, upstream("common_tls_context: {}, sni: " + "a".repeat(255)).sni().length());
  }

  @Test
  void aTransportSocketOfAnotherKindIsRefused() {
    decoding.assertRefused(
        ResourceType.CLUSTER,
        "{name: c, type: ORIGINAL_DST, transport_socket: {name: t}}",
        "transport_socket.typed_config: is required");
    decoding.assertRefused(
        ResourceType.CLUSTER,
        cluster(
            "\"@type\":"
                + " type.googleapis.com/envoy.extensions.transport_sockets.tls.v3.DownstreamTlsContext"),
        "transport_socket.typed_config: is a"
            + " envoy.extensions.transport_sockets.tls.v3.DownstreamTlsContext; right would be a"
            + " envoy.extensions.transport_sockets.tls.v3.UpstreamTlsContext");
  }

  @Test
  void aServerNeedsACertificateAndToKnowWhomItTrusts() {
    String at = "filter_chains[0].transport_socket.typed_config.";
    decoding.assertRefused(
        ResourceType.LISTENER,
        listener("common_tls_context: {}"),
        at + "common_tls_context.tls_certificates: is required on the server side");
    decoding.assertRefused(
        ResourceType.LISTENER,
        listener("require_client_certificate: true, common_tls_context: {}"),
        at + "require_client_certificate: needs a validation_context to check certificates by");
    decoding.assertRefused(
        ResourceType.LISTENER,
        listener("ocsp_staple_policy: MUST_STAPLE, common_tls_context: {}"),
        at
            + "ocsp_staple_policy: is not supported, and the resource would mean something else"
            + " without it");
  }

  @Test
  void filesOutsideTheAllowedDirectoriesAreNotRead(@TempDir Path elsewhere) throws Exception {
    Path outside = Files.copy(directory.resolve("ca.pem"), elsewhere.resolve("ca.pem"));
    for (String name :
        List.of(outside.toString(), directory + "/../" + elsewhere.getFileName() + "/ca.pem")) {
      String message =
          decoding.refusal(
              ResourceType.CLUSTER,
              tls(
                  "common_tls_context: {validation_context: {trusted_ca: {filename: '"
                      + name
                      + "'}}}"));
      assertTrue(
          message.startsWith(
              "transport_socket.typed_config.common_tls_context.validation_context.trusted_ca.filename:"
                  + " names the file "
                  + name
                  + ", which is not below an allowed directory"),
          message);
    }
    Path link = directory.resolve("link.pem");
    Files.createSymbolicLink(link, outside);
    assertTrue(
        decoding
            .refusal(
                ResourceType.CLUSTER,
                tls(
                    "common_tls_context: {validation_context: {trusted_ca: "
                        + file("link.pem")
                        + "}}"))
            .contains("not below an allowed directory"));
  }

  /** What cannot be a path at all is refused like any other, not a failure of the decoder. */
  @Test
  void aPathWithANulIsRefusedAtItsField() {
    String message =
        decoding.refusal(
            ResourceType.CLUSTER,
            tls("common_tls_context: {validation_context: {trusted_ca: {filename: \"/a\\0b\"}}}"));
    assertTrue(
        message.startsWith(
            "transport_socket.typed_config.common_tls_context.validation_context.trusted_ca.filename:"),
        message);
  }

  @Test
  void aFileThatIsMissingOrNoPemIsNamed() throws Exception {
    decoding.assertRefused(
        ResourceType.CLUSTER,
        tls("common_tls_context: {validation_context: {trusted_ca: " + file("none.pem") + "}}"),
        "transport_socket.typed_config.common_tls_context.validation_context.trusted_ca: cannot be"
            + " used: "
            + directory.resolve("none.pem")
            + ": no such file");
    Files.writeString(directory.resolve("empty.pem"), "");
    decoding.assertRefused(
        ResourceType.CLUSTER,
        tls(
            "common_tls_context: {tls_certificates: [{certificate_chain: "
                + chain
                + ", private_key: "
                + file("empty.pem")
                + "}]}"),
        "transport_socket.typed_config.common_tls_context.tls_certificates[0]: cannot be used: "
            + directory.resolve("empty.pem")
            + ": holds no private key; right would be PEM with -----BEGIN PRIVATE KEY-----");
  }

  @Test
  void aKeyOfAnotherCertificateIsRefusedAndNotShown() {
    AUTHORITY.write(directory, "b", AUTHORITY.issue("spiffe://apps/b"));
    String message =
        decoding.refusal(
            ResourceType.CLUSTER,
            tls(
                "common_tls_context: {tls_certificates: [{certificate_chain: "
                    + chain
                    + ", private_key: "
                    + file("b-key.pem")
                    + "}]}"));
    assertEquals(
        "transport_socket.typed_config.common_tls_context.tls_certificates[0]: cannot be used: "
            + directory.resolve("a.pem")
            + ": the private key is not that of the first certificate",
        message);
  }

  private String certificate() {
    return "{certificate_chain: " + chain + ", private_key: " + key + "}";
  }

  private String file(String name) {
    return "{filename: '" + directory.resolve(name) + "'}";
  }

  private DataSource at(String name) {
    return new DataSource.File(directory.resolve(name).toString());
  }

  private UpstreamTlsContext upstream(String yaml) {
    return decoding.cluster(tls(yaml)).tls().orElseThrow();
  }

  private DownstreamTlsContext downstream(String yaml) {
    return decoding.listener(listener(yaml)).filterChains().get(0).tls().orElseThrow();
  }

  private static String params(String minimum, String maximum) {
    return "tls_params: {tls_minimum_protocol_version: "
        + minimum
        + ", tls_maximum_protocol_version: "
        + maximum
        + "}";
  }

  private static String tls(String yaml) {
    return cluster(
        "\"@type\":"
            + " type.googleapis.com/envoy.extensions.transport_sockets.tls.v3.UpstreamTlsContext, "
            + yaml);
  }

  private static String cluster(String typedConfig) {
    return "{name: c, type: ORIGINAL_DST, transport_socket: {name: t, typed_config: {"
        + typedConfig
        + "}}}";
  }

  private static String listener(String yaml) {
    return "{name: l, filter_chains: [{transport_socket: {name: t, typed_config: {\"@type\":"
        + " type.googleapis.com/envoy.extensions.transport_sockets.tls.v3.DownstreamTlsContext, "
        + yaml
        + "}}}]}";
  }
}
