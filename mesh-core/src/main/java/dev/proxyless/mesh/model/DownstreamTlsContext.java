package dev.proxyless.mesh.model;

/**
 * {@code DownstreamTlsContext}.
 *
 * @param common what both sides share
 * @param requireClientCertificate whether a client without certificate is refused
 */
public record DownstreamTlsContext(TlsContext common, boolean requireClientCertificate) {}
