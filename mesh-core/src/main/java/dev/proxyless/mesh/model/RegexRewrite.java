package dev.proxyless.mesh.model;

/**
 * {@code envoy.type.matcher.v3.RegexMatchAndSubstitute}: every match of a pattern is replaced.
 *
 * @param pattern RE2
 * @param substitution with {@code \0} to {@code \9} for the match and its groups
 */
public record RegexRewrite(String pattern, String substitution) {}
