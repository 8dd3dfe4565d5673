package dev.proxyless.mesh;

import dev.proxyless.mesh.appmesh.AppMeshDocuments;
import dev.proxyless.mesh.appmesh.NodeName;
import dev.proxyless.mesh.appmesh.Problem;
import dev.proxyless.mesh.appmesh.Translation;
import dev.proxyless.mesh.appmesh.Translator;
import dev.proxyless.mesh.appmesh.View;
import dev.proxyless.mesh.document.DocumentException;
import dev.proxyless.mesh.file.FileWatch;
import dev.proxyless.mesh.xds.ResourceStore;
import dev.proxyless.mesh.xds.ResourceType;
import dev.proxyless.mesh.xds.XdsResource;
import dev.proxyless.mesh.xds.XdsResource.Bytes;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Executor;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Configuration from a directory of App Mesh documents, read again whenever it changes. Everything
 * but the watch runs on the configuration thread.
 */
final class AppMeshFeed implements AutoCloseable {

  private static final Logger log = LoggerFactory.getLogger(AppMeshFeed.class);

  private final Path directory;
  private final NodeName node;
  private final ResourceStore store;
  private final Runnable changed;
  private final FileWatch.Subscription watch;
  private AppMeshDocuments documents = AppMeshDocuments.NONE;
  private long version;

  AppMeshFeed(
      Path directory,
      NodeName node,
      ResourceStore store,
      Runnable changed,
      FileWatch files,
      Executor configurationThread) {
    this.directory = directory;
    this.node = node;
    this.store = store;
    this.changed = changed;
    // The watch first: a change between a reading and a later watch would never be told.
    watch = files.watch(List.of(directory), () -> configurationThread.execute(this::read));
    configurationThread.execute(this::read);
  }

  private void read() {
    try {
      documents = AppMeshDocuments.read(directory, documents);
    } catch (DocumentException unreadable) {
      log.warn(
          "App Mesh documents cannot be read: {}; what was read before stays",
          unreadable.getMessage());
      return;
    }
    documents.problems().forEach(AppMeshFeed::tell);
    Optional<Translation> translation = Translator.translate(documents, node, View.LIBRARY);
    if (translation.isEmpty()) {
      log.warn(
          "{} has no virtual node {} in mesh {}; it has {}",
          directory,
          node.virtualNode(),
          node.mesh(),
          documents.virtualNodes(node.mesh()));
      return;
    }
    translation.get().problems().forEach(AppMeshFeed::tell);
    apply(translation.get());
    changed.run();
  }

  private static void tell(Problem problem) {
    if (problem.isError()) {
      log.warn("{}", problem);
    } else {
      log.info("{}", problem);
    }
  }

  private void apply(Translation translation) {
    Map<ResourceType, List<XdsResource>> byType = new EnumMap<>(ResourceType.class);
    for (Translation.Resource each : translation.resources()) {
      ResourceType.of(each.typeUrl())
          .ifPresent(
              type ->
                  byType
                      .computeIfAbsent(type, none -> new ArrayList<>())
                      .add(new XdsResource(type, each.name(), new Bytes(each.toBytes()))));
    }
    String name = "appmesh-" + ++version;
    for (ResourceType type : ResourceType.values()) {
      store.apply(type, byType.getOrDefault(type, List.of()), name, true);
    }
  }

  @Override
  public void close() {
    watch.close();
  }
}
