package dev.proxyless.mesh.xds;

import dev.proxyless.mesh.proto.Findings;

/**
 * A resource that was accepted.
 *
 * @param name the resource's name
 * @param model what it says: a record of the model
 * @param findings the fields that do not act
 */
public record Decoded(String name, Object model, Findings findings) {}
