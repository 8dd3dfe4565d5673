package dev.proxyless.mesh.xds;

import dev.proxyless.mesh.model.HttpFault;
import dev.proxyless.mesh.model.RouteConfiguration;
import dev.proxyless.mesh.model.TlsContext;
import dev.proxyless.mesh.proto.InvalidMessageException;
import java.util.Optional;

/**
 * What only other rooms can tell of a resource before it is accepted. Whoever builds the mesh
 * provides it.
 */
public interface Checks {

  /** Why a file may not be read by the word of a control plane; empty if it may. */
  Optional<String> fileRefusal(String path);

  /**
   * Compiles a route configuration.
   *
   * @throws InvalidMessageException if it cannot be compiled; the path is within the configuration
   */
  void routes(RouteConfiguration configuration);

  /**
   * Compiles settings of a fault filter.
   *
   * @param path where they stand
   * @throws InvalidMessageException if they cannot be compiled
   */
  void fault(HttpFault fault, String path);

  /** Why the files of a TLS context cannot be used; empty if they can. */
  Optional<String> tlsRefusal(TlsContext context);
}
