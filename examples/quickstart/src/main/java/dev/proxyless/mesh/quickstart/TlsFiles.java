package dev.proxyless.mesh.quickstart;

import java.nio.file.Path;

/** Where the certificates of services lie. */
record TlsFiles(Path directory) {

  /** The authority's certificate. */
  Path trust() {
    return directory.resolve("ca.pem");
  }

  Path certificate(String service) {
    return directory.resolve(service + ".pem");
  }

  Path key(String service) {
    return directory.resolve(service + "-key.pem");
  }
}
