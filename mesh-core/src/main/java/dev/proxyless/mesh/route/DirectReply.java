package dev.proxyless.mesh.route;

import java.util.Optional;

/**
 * What a route answers by itself, before its response mutations.
 *
 * @param status the response's
 * @param body its text; may be empty
 * @param contentType the body's, where it holds whatever the mutations say; else what they say, or
 *     plain text
 * @param location where its status is 201 or a redirect's
 */
public record DirectReply(
    int status, String body, Optional<String> contentType, Optional<String> location) {}
