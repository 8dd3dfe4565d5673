package dev.proxyless.mesh.route;

/**
 * What is known of a call when its response goes to the caller, for command operators.
 *
 * @param status of the response
 * @param flags Envoy's response flags, separated by commas; may be empty
 * @param details Envoy's response code details; may be empty
 * @param endpoint {@code host:port} of the endpoint that answered; empty where none did
 * @param attempts tries that were begun
 */
public record ResponseInfo(
    int status, String flags, String details, String endpoint, int attempts) {}
