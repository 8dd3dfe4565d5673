package dev.proxyless.mesh.controlplane;

import dev.proxyless.mesh.appmesh.AppMeshDocuments;
import dev.proxyless.mesh.appmesh.Problem;
import dev.proxyless.mesh.discovery.EndpointSources;
import dev.proxyless.mesh.document.DocumentException;
import dev.proxyless.mesh.file.FileWatch;
import dev.proxyless.mesh.model.Cluster.Discovery;
import dev.proxyless.mesh.model.EndpointAssignment;
import dev.proxyless.mesh.route.RouteTable;
import dev.proxyless.mesh.telemetry.MeshMeters;
import dev.proxyless.mesh.time.MeshExecutor;
import dev.proxyless.mesh.time.MeshTime;
import dev.proxyless.mesh.xds.ResourceType;
import io.grpc.Status;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import org.jspecify.annotations.Nullable;

/**
 * Serves the documents of a directory by xDS, and follows the directory. All that it knows belongs
 * to one thread, the control thread: changes of files, requests of clients and answers of Cloud Map
 * come there one after the other.
 */
final class ControlPlane implements AutoCloseable, AdsStream.Clients {

  private final ServeSettings settings;
  private final EventSink events;
  private final MeshTime time = MeshTime.system();
  private final MeshExecutor controlThread = time.serial("control");
  private final FileWatch files = new FileWatch(time);
  private final EndpointSources sources;
  private final EndpointBook endpoints;
  private final ProblemLog problems;
  private final Map<AdsStream, Long> streams = new LinkedHashMap<>();
  private final Set<String> complaints = new HashSet<>();
  private Catalog catalog = Catalog.EMPTY;
  private @Nullable AdsServer server;
  private boolean closed;

  private ControlPlane(ServeSettings settings, EventSink events) {
    this.settings = settings;
    this.events = events;
    sources = new EndpointSources(settings.cloudMap(), time, MeshMeters.NONE);
    endpoints = new EndpointBook(sources, controlThread, this::endpointsChanged);
    problems = new ProblemLog(events);
  }

  /**
   * Reads the documents, listens, and serves until {@link #close}.
   *
   * @throws UnusableInputException if there are no documents or the address cannot be bound
   */
  static ControlPlane start(ServeSettings settings, EventSink events) {
    ControlPlane made = new ControlPlane(settings, events);
    try {
      made.onControlThread(made::begin);
      return made;
    } catch (UnusableInputException unusable) {
      made.close();
      throw unusable;
    }
  }

  private void begin() {
    // The watch first: a change between a reading and a later watch would never be told.
    files.watch(List.of(settings.directory()), () -> controlThread.execute(this::reread));
    catalog =
        Catalog.EMPTY.next(
            DocumentDirectory.read(settings.directory()), settings.envoyPortOffset());
    AdsServer made =
        new AdsServer(
            new InetSocketAddress(settings.host(), settings.port()),
            controlThread,
            time,
            call -> new AdsStream(call, this));
    server = made;
    events.tell(
        new Event.Started(settings.host(), made.port(), settings.directory().toString(), catalog));
    problems.now(catalog.problems());
  }

  /** The port that was bound. */
  int port() {
    return server == null ? 0 : server.port();
  }

  private void reread() {
    AppMeshDocuments documents;
    try {
      documents =
          AppMeshDocuments.read(
              settings.directory(), catalog.documents(), RouteTable::expressionRefusal);
    } catch (DocumentException unreadable) {
      problems.now(
          List.of(
              new Problem(
                  Problem.Severity.ERROR,
                  settings.directory().toString(),
                  "cannot be read any more; what was read before stays in force")));
      return;
    }
    Catalog before = catalog;
    catalog = before.next(documents, settings.envoyPortOffset());
    endpoints.retain(catalog.cloudMap());
    List<Event.NodeChange> changes = catalog.changesSince(before, this::clients);
    refresh();
    problems.now(catalog.problems());
    if (!changes.isEmpty()) {
      complaints.clear();
      events.tell(new Event.Changed(catalog, changes));
    }
  }

  private int clients(String node) {
    return (int)
        streams.keySet().stream()
            .filter(stream -> stream.identity().node().id().equals(node))
            .count();
  }

  private void endpointsChanged(Discovery.CloudMap service, EndpointAssignment assignment) {
    refresh();
    events.tell(
        new Event.Endpoints(
            service.serviceName(),
            service.service() + "." + service.namespace(),
            assignment.size()));
  }

  private void refresh() {
    List.copyOf(streams.keySet()).forEach(AdsStream::refresh);
  }

  @Override
  public Catalog catalog() {
    return catalog;
  }

  @Override
  public EndpointBook endpoints() {
    return endpoints;
  }

  @Override
  public void connected(AdsStream stream) {
    streams.put(stream, time.nanoTime());
    events.tell(new Event.Connected(stream.identity(), stream.peer()));
  }

  @Override
  public void disconnected(AdsStream stream, String reason) {
    Long since = streams.remove(stream);
    long nanos = since == null ? 0 : time.nanoTime() - since;
    events.tell(
        new Event.Disconnected(stream.identity(), stream.peer(), Duration.ofNanos(nanos), reason));
  }

  @Override
  public void rejected(AdsStream stream, ResourceType type, String version, String reason) {
    events.tell(new Event.Rejected(stream.identity(), stream.peer(), type, version, reason));
  }

  /** A client that is refused comes again and again; it is told of once, until documents change. */
  @Override
  public void refused(String nodeId, String peer, String reason) {
    if (complaints.add("refused " + nodeId)) {
      events.tell(new Event.Refused(nodeId, peer, reason));
    }
  }

  @Override
  public void unfilled(AdsStream stream, String name) {
    if (complaints.add("unfilled " + name)) {
      events.tell(
          new Event.ProblemFound(
              new Problem(
                  Problem.Severity.ERROR,
                  stream.identity().node().id(),
                  stream.identity().client()
                      + " asks for the endpoints of "
                      + name
                      + ", for which Cloud Map is not asked; right would be mesh serve without"
                      + " --no-cloud-map")));
    }
  }

  /** Ends every stream, so that clients know and come again, then all threads and sockets. */
  @Override
  public void close() {
    if (closed) {
      return;
    }
    closed = true;
    onControlThread(
        () -> {
          Status ending = Status.UNAVAILABLE.withDescription("the control plane ends");
          List.copyOf(streams.keySet()).forEach(stream -> stream.end(ending));
          endpoints.close();
        });
    if (server != null) {
      server.close();
    }
    sources.close();
    files.close();
    controlThread.close();
    time.close();
  }

  private void onControlThread(Runnable task) {
    FutureTask<Void> run = new FutureTask<>(task, null);
    controlThread.execute(run);
    try {
      run.get();
    } catch (ExecutionException failed) {
      throw failed.getCause() instanceof RuntimeException cause
          ? cause
          : new IllegalStateException(failed.getCause());
    } catch (InterruptedException hurried) {
      Thread.currentThread().interrupt();
    }
  }
}
