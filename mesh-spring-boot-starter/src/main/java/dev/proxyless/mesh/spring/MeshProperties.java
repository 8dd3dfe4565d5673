package dev.proxyless.mesh.spring;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * The {@code mesh.*} properties. What is null or empty is left to {@code mesh.yaml} and to {@code
 * APPMESH_*}.
 *
 * @param enabled Whether the application has a mesh.
 * @param config Location of a mesh.yaml file. Without it, mesh.yaml in the working directory is
 *     read where there is one. Values of other properties win over those of the file, which win
 *     over APPMESH_* environment variables.
 * @param client HTTP clients of Spring that go through the mesh. WebClient never does.
 * @param failuresAsExceptions Whether a call that fails without an endpoint's response throws
 *     MeshCallException instead of being answered as Envoy would.
 * @param readyTimeout Time that a call waits for the first configuration.
 * @param closeTimeout Time that closing the application context waits for calls in flight.
 */
@ConfigurationProperties("mesh")
record MeshProperties(
    @DefaultValue("true") boolean enabled,
    @Nullable String config,
    @DefaultValue("all") Client client,
    @DefaultValue("false") boolean failuresAsExceptions,
    @Nullable Duration readyTimeout,
    @Nullable Duration closeTimeout,
    @DefaultValue Node node,
    @DefaultValue ControlPlane controlPlane,
    @DefaultValue AppMesh appMesh,
    @DefaultValue CloudMap cloudMap,
    @DefaultValue Tls tls,
    @DefaultValue Servlet servlet) {

  /** Which HTTP clients of Spring go through the mesh. */
  enum Client {
    /** Every auto-configured RestClient.Builder, RestTemplateBuilder and HTTP service group. */
    ALL,
    /** HTTP service groups alone. */
    GROUPS,
    /** None. */
    NONE
  }

  /**
   * Who asks for configuration.
   *
   * @param id Name that configuration is asked for as, such as mesh/apps/virtualNode/serviceA.
   * @param cluster Service that the application belongs to. Defaults to the node's id.
   * @param metadata Values for the control plane.
   */
  record Node(
      @Nullable String id, @Nullable String cluster, @DefaultValue Map<String, Object> metadata) {}

  /**
   * An xDS control plane.
   *
   * @param address Host and port of the xDS control plane, such as 127.0.0.1:18000. Takes the place
   *     of any other source of configuration in mesh.yaml.
   */
  record ControlPlane(@Nullable String address, @DefaultValue ControlPlaneTls tls) {}

  /**
   * TLS to the control plane.
   *
   * @param trustedCa PEM file of the authorities that may vouch for the control plane. Without it,
   *     the control plane is spoken to in plaintext.
   * @param serverName DNS name or IP address that the control plane's certificate must have.
   *     Defaults to the host of its address.
   * @param certificateChain PEM file of the certificate to show to the control plane.
   * @param privateKey PEM file of the key of that certificate.
   */
  record ControlPlaneTls(
      @Nullable String trustedCa,
      @Nullable String serverName,
      @Nullable String certificateChain,
      @Nullable String privateKey) {}

  /**
   * App Mesh documents in place of a control plane.
   *
   * @param directory Directory of App Mesh documents, which is watched. Takes the place of any
   *     other source of configuration in mesh.yaml.
   */
  record AppMesh(@Nullable String directory) {}

  /**
   * How AWS Cloud Map is asked.
   *
   * @param enabled Whether AWS Cloud Map is asked for endpoints. Where it is not, the control plane
   *     is.
   * @param endpoint URL to ask in place of AWS's own.
   * @param region AWS region. Defaults to the one that the AWS SDK finds.
   * @param refreshInterval Interval at which each service is asked for.
   */
  record CloudMap(
      @Nullable Boolean enabled,
      @Nullable String endpoint,
      @Nullable String region,
      @Nullable Duration refreshInterval) {}

  /**
   * Certificates of the mesh.
   *
   * @param allowedDirectories Directories below which configuration may name certificate files.
   */
  record Tls(@DefaultValue List<String> allowedDirectories) {}

  /**
   * The inbound side, where mesh-servlet is on the class path.
   *
   * @param enabled Whether requests pass the mesh's filter.
   * @param edge Whether the application faces the outside. Ids, deadlines and traces are then taken
   *     only from peers whose certificate was verified.
   * @param allowedPeers Names that a peer's verified certificate must have one of, such as
   *     spiffe://apps.local/serviceA. Without it, every peer is let in.
   */
  record Servlet(
      @DefaultValue("true") boolean enabled,
      @DefaultValue("false") boolean edge,
      @Nullable List<String> allowedPeers) {}
}
