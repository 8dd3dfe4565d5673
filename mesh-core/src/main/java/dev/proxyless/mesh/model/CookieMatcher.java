package dev.proxyless.mesh.model;

/**
 * {@code envoy.config.route.v3.CookieMatcher}. A missing cookie does not match, so that an inverted
 * matcher takes it.
 *
 * @param name the cookie's name
 * @param match the condition on its value without double quotes
 * @param invert {@code invert_match}
 */
public record CookieMatcher(String name, StringMatcher match, boolean invert) {}
