package dev.proxyless.mesh;

import dev.proxyless.mesh.Bootstrap.ControlPlane;
import dev.proxyless.mesh.Bootstrap.ControlPlaneTls;
import dev.proxyless.mesh.model.DataSource;
import dev.proxyless.mesh.model.StringMatcher;
import dev.proxyless.mesh.model.TlsContext;
import dev.proxyless.mesh.model.TlsContext.Identity;
import dev.proxyless.mesh.model.TlsContext.SanMatcher;
import dev.proxyless.mesh.model.TlsContext.SanType;
import dev.proxyless.mesh.model.TlsContext.Validation;
import dev.proxyless.mesh.model.TlsContext.Version;
import dev.proxyless.mesh.model.UpstreamTlsContext;
import dev.proxyless.mesh.time.MeshExecutor;
import dev.proxyless.mesh.time.MeshTime;
import dev.proxyless.mesh.tls.TlsContexts;
import dev.proxyless.mesh.xds.AdsChannel;
import dev.proxyless.mesh.xds.AdsChannels;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import javax.net.ssl.SSLSocketFactory;

/** Opens the channel to the control plane that a bootstrap names. */
final class ControlPlaneChannel {

  private ControlPlaneChannel() {}

  static AdsChannel open(
      ControlPlane server, MeshExecutor callbacks, MeshExecutor io, MeshTime time) {
    Optional<SSLSocketFactory> sockets = server.tls().map(tls -> sockets(server, tls));
    return AdsChannels.create(
        server.host(), server.port(), sockets, callbacks, io, time.scheduler());
  }

  private static SSLSocketFactory sockets(ControlPlane server, ControlPlaneTls tls) {
    String name = tls.serverName().isEmpty() ? server.host() : tls.serverName();
    Optional<Identity> identity =
        tls.certificateChain()
            .map(chain -> new Identity(file(chain), file(tls.privateKey().orElseThrow())));
    SanMatcher expected =
        new SanMatcher(
            name.matches("[0-9.]+|.*:.*") ? SanType.IP_ADDRESS : SanType.DNS,
            StringMatcher.exact(name));
    TlsContext common =
        new TlsContext(
            identity,
            Optional.of(new Validation(file(tls.trustedCa()), List.of(expected))),
            List.of(),
            Version.TLS_1_2,
            Version.TLS_1_3);
    return TlsContexts.sockets(
        new UpstreamTlsContext(common, name.matches("[0-9.]+|.*:.*") ? "" : name));
  }

  private static DataSource file(Path path) {
    return new DataSource.File(path.toString());
  }
}
