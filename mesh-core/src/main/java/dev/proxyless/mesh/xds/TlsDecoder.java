package dev.proxyless.mesh.xds;

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
import dev.proxyless.mesh.proto.AnyMessage;
import dev.proxyless.mesh.proto.Findings;
import dev.proxyless.mesh.proto.Message;
import java.nio.charset.StandardCharsets;
import java.nio.file.InvalidPathException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Decodes transport sockets. What would weaken security if it were left out is refused: by the
 * table, or here.
 */
final class TlsDecoder {

  private static final String RAW_BUFFER =
      "envoy.extensions.transport_sockets.raw_buffer.v3.RawBuffer";
  private static final String UPSTREAM =
      "envoy.extensions.transport_sockets.tls.v3.UpstreamTlsContext";
  private static final String DOWNSTREAM =
      "envoy.extensions.transport_sockets.tls.v3.DownstreamTlsContext";
  private static final int MAX_SNI_BYTES = 255;

  private final Findings findings;
  private final Checks checks;

  TlsDecoder(Findings findings, Checks checks) {
    this.findings = findings;
    this.checks = checks;
  }

  /** The client side of a cluster's transport socket; empty for plaintext. */
  Optional<UpstreamTlsContext> upstream(Optional<Message> socket) {
    return context(socket, UPSTREAM)
        .map(
            message -> {
              String sni = message.string("sni");
              if (sni.length() > MAX_SNI_BYTES) {
                throw message.invalid("sni", "is longer than " + MAX_SNI_BYTES + " bytes");
              }
              Message common = message.requiredMessage("common_tls_context");
              return new UpstreamTlsContext(common(common), sni);
            });
  }

  /** The server side of a filter chain's transport socket; empty for plaintext. */
  Optional<DownstreamTlsContext> downstream(Optional<Message> socket) {
    return context(socket, DOWNSTREAM)
        .map(
            message -> {
              Message common = message.requiredMessage("common_tls_context");
              boolean require = message.bool("require_client_certificate", false);
              if (require && !common.has("validation_context")) {
                throw message.invalid(
                    "require_client_certificate",
                    "needs a validation_context to check certificates by");
              }
              if (common.messages("tls_certificates").isEmpty()) {
                throw common.invalid("tls_certificates", "is required on the server side");
              }
              return new DownstreamTlsContext(common(common), require);
            });
  }

  private Optional<Message> context(Optional<Message> socket, String type) {
    if (socket.isEmpty()) {
      return Optional.empty();
    }
    AnyMessage config =
        socket
            .get()
            .any("typed_config")
            .orElseThrow(() -> socket.get().invalid("typed_config", "is required"));
    if (config.is(RAW_BUFFER)) {
      return Optional.empty();
    }
    return Optional.of(config.unpack(type, findings));
  }

  private TlsContext common(Message message) {
    List<Message> certificates = message.messages("tls_certificates");
    if (certificates.size() > 1) {
      throw message.invalid(
          "tls_certificates", "has " + certificates.size() + " entries; one is supported");
    }
    Version minimum = Version.TLS_1_2;
    Version maximum = Version.TLS_1_3;
    if (message.has("tls_params")) {
      Message params = message.requiredMessage("tls_params");
      minimum = version(params, "tls_minimum_protocol_version", minimum);
      maximum = version(params, "tls_maximum_protocol_version", maximum);
      if (minimum.compareTo(maximum) > 0) {
        throw params.invalid("tls_maximum_protocol_version", "is older than the minimum");
      }
    }
    TlsContext context =
        new TlsContext(
            certificates.stream().findFirst().map(this::identity),
            message.message("validation_context").map(this::validation),
            message.strings("alpn_protocols"),
            minimum,
            maximum);
    check(context, message);
    return context;
  }

  /** Each part by itself, to tell which is at fault. */
  private void check(TlsContext context, Message message) {
    Map<String, TlsContext> parts = new LinkedHashMap<>();
    context
        .identity()
        .ifPresent(
            each ->
                parts.put(
                    "tls_certificates[0]", part(context, Optional.of(each), Optional.empty())));
    context
        .validation()
        .ifPresent(
            each ->
                parts.put(
                    "validation_context.trusted_ca",
                    part(context, Optional.empty(), Optional.of(each))));
    parts.forEach(
        (field, part) ->
            checks
                .tlsRefusal(part)
                .ifPresent(
                    refusal -> {
                      throw message.invalid(field, "cannot be used: " + refusal);
                    }));
  }

  private static TlsContext part(
      TlsContext whole, Optional<Identity> identity, Optional<Validation> validation) {
    return new TlsContext(
        identity, validation, whole.alpnProtocols(), whole.minimum(), whole.maximum());
  }

  private Version version(Message params, String field, Version unset) {
    return switch (params.enumName(field)) {
      case "TLS_AUTO" -> unset;
      case "TLSv1_2" -> Version.TLS_1_2;
      case "TLSv1_3" -> Version.TLS_1_3;
      default -> {
        if (field.startsWith("tls_max")) {
          throw params.invalid(
              field, "is " + params.enumName(field) + "; 1.2 is the oldest that is spoken");
        }
        findings.report(
            params.path(field), "is older than 1.2, which is the oldest that is spoken");
        yield unset;
      }
    };
  }

  private Identity identity(Message message) {
    return new Identity(
        data(message.requiredMessage("certificate_chain")),
        data(message.requiredMessage("private_key")));
  }

  private Validation validation(Message message) {
    if (!message.has("trusted_ca")) {
      throw message.invalid(
          "trusted_ca", "is required: names without a chain to trust prove nothing");
    }
    List<SanMatcher> names = new ArrayList<>();
    message.messages("match_typed_subject_alt_names").forEach(name -> names.add(typedName(name)));
    for (Message name : message.messages("match_subject_alt_names")) {
      StringMatcher matcher = nameMatcher(name);
      for (SanType type : SanType.values()) {
        names.add(new SanMatcher(type, matcher));
      }
    }
    return new Validation(data(message.requiredMessage("trusted_ca")), List.copyOf(names));
  }

  private static SanMatcher typedName(Message message) {
    SanType type =
        switch (message.enumName("san_type")) {
          case "EMAIL" -> SanType.EMAIL;
          case "DNS" -> SanType.DNS;
          case "URI" -> SanType.URI;
          case "IP_ADDRESS" -> SanType.IP_ADDRESS;
          default ->
              throw message.invalid(
                  "san_type",
                  "is "
                      + message.enumName("san_type")
                      + "; right would be EMAIL, DNS, URI or IP_ADDRESS");
        };
    return new SanMatcher(type, nameMatcher(message.requiredMessage("matcher")));
  }

  private static StringMatcher nameMatcher(Message message) {
    if (message.has("safe_regex")) {
      throw message.invalid("safe_regex", "is not supported for names of certificates yet");
    }
    return Matchers.string(message);
  }

  private DataSource data(Message source) {
    if (source.has("inline_bytes")) {
      return new DataSource.Inline(source.bytes("inline_bytes").orElseThrow());
    }
    if (source.has("inline_string")) {
      return new DataSource.Inline(source.string("inline_string").getBytes(StandardCharsets.UTF_8));
    }
    String path = source.requiredString("filename");
    Optional<String> refusal;
    try {
      refusal = checks.fileRefusal(path);
    } catch (InvalidPathException noPath) {
      refusal = Optional.of("is no path: " + noPath.getReason());
    }
    if (refusal.isPresent()) {
      throw source.invalid("filename", refusal.get());
    }
    return new DataSource.File(path);
  }
}
