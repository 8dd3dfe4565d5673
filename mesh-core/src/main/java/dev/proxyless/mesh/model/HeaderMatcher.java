package dev.proxyless.mesh.model;

/**
 * {@code envoy.config.route.v3.HeaderMatcher}.
 *
 * @param name the header's name in lower case; {@code :authority}, {@code :path}, {@code :method}
 *     and {@code :scheme} name the request line's parts
 * @param match the condition
 * @param invert {@code invert_match}
 * @param treatMissingAsEmpty {@code treat_missing_header_as_empty}
 */
public record HeaderMatcher(
    String name, ValueMatch match, boolean invert, boolean treatMissingAsEmpty) {}
