package dev.proxyless.mesh.model;

import java.util.Optional;

/**
 * An entry of {@code typed_per_filter_config}: settings of one HTTP filter on one level. They are
 * handed over as they came.
 *
 * @param typeName the full name of the settings' message type; empty where there are none
 * @param value the message's bytes, by their hexadecimal digits; its JSON where it came as such and
 *     its type is unknown here
 * @param disabled whether the filter is switched off ({@code FilterConfig.disabled})
 * @param fault the same, where it is the fault filter's
 */
public record FilterConfig(
    String typeName, String value, boolean disabled, Optional<HttpFault> fault) {}
