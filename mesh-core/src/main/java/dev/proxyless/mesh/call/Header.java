package dev.proxyless.mesh.call;

/** A header line. */
public record Header(String name, String value) {}
