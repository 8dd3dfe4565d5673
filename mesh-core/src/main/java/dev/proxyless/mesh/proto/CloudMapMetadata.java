package dev.proxyless.mesh.proto;

/**
 * The cluster metadata by which a control plane tells that an EDS cluster's endpoints are the
 * instances of an AWS Cloud Map service. A proxy ignores it and asks EDS; this library can ask
 * Cloud Map itself.
 */
public final class CloudMapMetadata {

  /** The namespace in {@code filter_metadata}. */
  public static final String NAMESPACE = "dev.proxyless.cloud_map";

  /** The Cloud Map namespace's name. */
  public static final String NAMESPACE_NAME = "namespace_name";

  /** The Cloud Map service's name. */
  public static final String SERVICE_NAME = "service_name";

  /** A map of what an instance's attributes must equal. */
  public static final String ATTRIBUTES = "attributes";

  /** The port of instances that have no {@code AWS_INSTANCE_PORT}. */
  public static final String PORT = "port";

  /** The name of an {@code IpPreference}. */
  public static final String IP_PREFERENCE = "ip_preference";

  private CloudMapMetadata() {}
}
