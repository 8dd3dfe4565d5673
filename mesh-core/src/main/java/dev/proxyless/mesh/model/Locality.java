package dev.proxyless.mesh.model;

/** {@code envoy.config.core.v3.Locality}; parts that are not known are empty. */
public record Locality(String region, String zone, String subZone) {
  public static final Locality UNKNOWN = new Locality("", "", "");
}
