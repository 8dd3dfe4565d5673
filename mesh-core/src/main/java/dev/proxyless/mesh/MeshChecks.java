package dev.proxyless.mesh;

import dev.proxyless.mesh.file.AllowedDirectories;
import dev.proxyless.mesh.model.HttpFault;
import dev.proxyless.mesh.model.RouteConfiguration;
import dev.proxyless.mesh.model.TlsContext;
import dev.proxyless.mesh.proto.InvalidMessageException;
import dev.proxyless.mesh.route.FaultFilter;
import dev.proxyless.mesh.route.InvalidRouteException;
import dev.proxyless.mesh.route.RouteTable;
import dev.proxyless.mesh.telemetry.MeshMeters;
import dev.proxyless.mesh.tls.TlsContexts;
import dev.proxyless.mesh.tls.TlsException;
import dev.proxyless.mesh.xds.Checks;
import java.util.Optional;

/** What the decoder asks of other rooms. */
record MeshChecks(AllowedDirectories directories) implements Checks {

  @Override
  public Optional<String> fileRefusal(String path) {
    return directories.refusal(path);
  }

  @Override
  public void routes(RouteConfiguration configuration) {
    compile(configuration);
  }

  @Override
  public void fault(HttpFault fault, String path) {
    compile(fault, path);
  }

  static void compile(HttpFault fault, String path) {
    try {
      FaultFilter.compile(fault, path);
    } catch (InvalidRouteException invalid) {
      throw new InvalidMessageException(invalid.path(), invalid.reason());
    }
  }

  static void compile(RouteConfiguration configuration) {
    try {
      RouteTable.compile(configuration, MeshMeters.NONE);
    } catch (InvalidRouteException invalid) {
      throw new InvalidMessageException(invalid.path(), invalid.reason());
    }
  }

  @Override
  public Optional<String> tlsRefusal(TlsContext context) {
    try {
      TlsContexts.check(context);
      return Optional.empty();
    } catch (TlsException unusable) {
      return Optional.of(String.valueOf(unusable.getMessage()));
    }
  }
}
