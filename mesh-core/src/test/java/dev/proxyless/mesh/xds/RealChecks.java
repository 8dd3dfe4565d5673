package dev.proxyless.mesh.xds;

import dev.proxyless.mesh.file.AllowedDirectories;
import dev.proxyless.mesh.model.HttpFault;
import dev.proxyless.mesh.model.RouteConfiguration;
import dev.proxyless.mesh.model.TlsContext;
import dev.proxyless.mesh.proto.InvalidMessageException;
import dev.proxyless.mesh.route.InvalidRouteException;
import dev.proxyless.mesh.route.RouteTable;
import dev.proxyless.mesh.telemetry.MeshMeters;
import dev.proxyless.mesh.tls.TlsContexts;
import dev.proxyless.mesh.tls.TlsException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/** What a mesh checks: expressions, files, certificates. */
record RealChecks(AllowedDirectories directories) implements Checks {

  /** Checks that let a control plane name files below these directories. */
  RealChecks(Path... directories) {
    this(new AllowedDirectories(List.of(directories)));
  }

  @Override
  public Optional<String> fileRefusal(String path) {
    return directories.refusal(path);
  }

  @Override
  public void fault(HttpFault fault, String path) {}

  @Override
  public void routes(RouteConfiguration configuration) {
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
