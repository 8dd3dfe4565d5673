package dev.proxyless.mesh.controlplane;

import dev.proxyless.mesh.discovery.EndpointSource;
import dev.proxyless.mesh.discovery.EndpointSources;
import dev.proxyless.mesh.model.Cluster.Discovery;
import dev.proxyless.mesh.model.EndpointAssignment;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Executor;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/**
 * The endpoints that Cloud Map gives, for clients that ask EDS. Cloud Map is asked about a service
 * from the first time that a client wants it, and for as long as the documents name it: clients
 * come and go, and what is known should not go with them. Used on the control thread.
 */
final class EndpointBook implements AutoCloseable {

  private final EndpointSources sources;
  private final Executor controlThread;
  private final BiConsumer<Discovery.CloudMap, EndpointAssignment> changed;
  private final Map<Discovery.CloudMap, Page> pages = new HashMap<>();

  /** One service: where its endpoints come from and, once they have come, how they are served. */
  private static final class Page {
    private @Nullable EndpointSource source;
    private @Nullable ServedResource known;
  }

  /** A book in which nothing stands yet; {@code changed} is told of endpoints that came or went. */
  EndpointBook(
      EndpointSources sources,
      Executor controlThread,
      BiConsumer<Discovery.CloudMap, EndpointAssignment> changed) {
    this.sources = sources;
    this.controlThread = controlThread;
    this.changed = changed;
  }

  /** Whether endpoints in Cloud Map can be asked for at all. */
  boolean asks(Discovery.CloudMap service) {
    return sources.resolves(service);
  }

  /** The endpoints of a service; empty until Cloud Map has answered for the first time. */
  Optional<ServedResource> find(Discovery.CloudMap service) {
    if (!asks(service)) {
      return Optional.empty();
    }
    Page page = pages.get(service);
    if (page == null) {
      page = new Page();
      pages.put(service, page);
      page.source =
          sources.open(
              service, endpoints -> controlThread.execute(() -> found(service, endpoints)));
    }
    return Optional.ofNullable(page.known);
  }

  private void found(Discovery.CloudMap service, EndpointAssignment endpoints) {
    Page page = pages.get(service);
    if (page != null) {
      String name = service.serviceName();
      page.known = ServedResource.of(name, Assignments.message(name, endpoints));
      changed.accept(service, endpoints);
    }
  }

  /** Forgets all services but these. */
  void retain(Set<Discovery.CloudMap> services) {
    pages
        .entrySet()
        .removeIf(
            each -> {
              boolean gone = !services.contains(each.getKey());
              if (gone) {
                close(each.getValue());
              }
              return gone;
            });
  }

  private static void close(Page page) {
    if (page.source != null) {
      page.source.close();
    }
  }

  @Override
  public void close() {
    pages.values().forEach(EndpointBook::close);
    pages.clear();
  }
}
