package dev.proxyless.mesh.model;

/**
 * {@code UpstreamTlsContext}.
 *
 * @param common what both sides share
 * @param sni the server name to ask for; empty asks for none
 */
public record UpstreamTlsContext(TlsContext common, String sni) {}
