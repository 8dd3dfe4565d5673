package dev.proxyless.mesh.tls;

import dev.proxyless.mesh.file.FileWatch;
import dev.proxyless.mesh.model.DownstreamTlsContext;
import dev.proxyless.mesh.model.TlsContext;
import dev.proxyless.mesh.model.UpstreamTlsContext;
import dev.proxyless.mesh.telemetry.Telemetry;
import dev.proxyless.mesh.time.MeshTime;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import javax.net.ssl.SSLSocketFactory;

/**
 * The TLS contexts of a mesh. Equal configuration shares one context, and so its files and its
 * connections. Used on the configuration thread alone.
 */
public final class TlsContexts implements AutoCloseable {

  private final FileWatch files;
  private final Expiries expiries;
  private final Telemetry telemetry;
  private final Map<UpstreamTlsContext, ClientTls> clients = new HashMap<>();
  private final Map<DownstreamTlsContext, ServerTls> servers = new HashMap<>();

  public TlsContexts(FileWatch files, MeshTime time, Telemetry telemetry) {
    this.files = files;
    expiries = new Expiries(telemetry.meters(), time);
    this.telemetry = telemetry;
  }

  /**
   * Reads what a context names, to find out whether it can be used.
   *
   * @throws TlsException if it cannot
   */
  public static void check(TlsContext context) {
    Generation.read(context);
  }

  /**
   * Sockets of a context that does not follow its files.
   *
   * @throws TlsException if it cannot be used
   */
  public static SSLSocketFactory sockets(UpstreamTlsContext config) {
    Generation generation = Generation.read(config.common());
    return new SniSocketFactory(generation, config.sni());
  }

  /**
   * The client side of a context.
   *
   * @throws TlsException if it is new and cannot be used
   */
  public ClientTls client(UpstreamTlsContext config) {
    return clients.computeIfAbsent(config, each -> new ClientTls(each, rotating(each.common())));
  }

  /**
   * The server side of a context.
   *
   * @throws TlsException if it is new and cannot be used
   */
  public ServerTls server(DownstreamTlsContext config) {
    return servers.computeIfAbsent(config, each -> new ServerTls(each, rotating(each.common())));
  }

  /** Ends the contexts that configuration no longer has. */
  public void retain(Set<UpstreamTlsContext> upstream, Set<DownstreamTlsContext> downstream) {
    clients
        .values()
        .removeIf(
            client -> {
              boolean gone = !upstream.contains(client.config());
              if (gone) {
                client.context().close();
              }
              return gone;
            });
    servers
        .values()
        .removeIf(
            server -> {
              boolean gone = !downstream.contains(server.config());
              if (gone) {
                server.context().close();
              }
              return gone;
            });
  }

  private RotatingContext rotating(TlsContext config) {
    return new RotatingContext(config, files, expiries, telemetry);
  }

  @Override
  public void close() {
    retain(Set.of(), Set.of());
  }
}
