package dev.proxyless.mesh.appmesh;

/** The names that App Mesh's control plane gave to resources, on which dashboards rest. */
final class Names {

  private Names() {}

  static String egressCluster(String mesh, String node, AppMesh.PortMapping mapping) {
    return "cds_egress_" + mesh + "_" + node + "_" + mapping.protocol() + "_" + mapping.port();
  }

  static String ingressCluster(String mesh, String node, AppMesh.PortMapping mapping) {
    return "cds_ingress_" + mesh + "_" + node + "_" + mapping.protocol() + "_" + mapping.port();
  }

  static String amazon(String mesh) {
    return "cds_egress_" + mesh + "_amazonaws";
  }

  static String allowAll(String mesh) {
    return "cds_egress_" + mesh + "_mesh-allow-all";
  }

  static String routes(String protocol, int port) {
    return "rds_egress_" + protocol + "_" + port;
  }

  static final String EGRESS_LISTENER = "lds_egress_0.0.0.0_15001";
  static final String INGRESS_LISTENER = "lds_ingress_0.0.0.0_15000";
}
