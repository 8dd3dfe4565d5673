package dev.proxyless.mesh.tls;

import dev.proxyless.mesh.file.FileWatch;
import dev.proxyless.mesh.model.TlsContext;
import dev.proxyless.mesh.telemetry.Telemetry;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.locks.ReentrantLock;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A TLS context that follows its files: when they change and can be used, the next {@link
 * Generation} is in force for every handshake that begins from then on; when they cannot, the one
 * before stays and the reason is told.
 */
final class RotatingContext implements AutoCloseable {

  private static final Logger log = LoggerFactory.getLogger(RotatingContext.class);
  private static final String SOURCE_KIND = "file";

  private final TlsContext config;
  private final Telemetry telemetry;
  private final String name;
  private final FileWatch.Subscription watch;
  private final Runnable expiry;
  private final List<Runnable> listeners = new CopyOnWriteArrayList<>();
  private final ReentrantLock reading = new ReentrantLock();
  private volatile Generation current;

  RotatingContext(TlsContext config, FileWatch files, Expiries expiries, Telemetry telemetry) {
    this.config = config;
    this.telemetry = telemetry;
    name = config.identity().map(id -> Source.of(id.certificateChain()).name()).orElse("trust");
    List<Path> paths = paths(config);
    reading.lock(); // a change that comes while the files are read is read after that
    try {
      watch = paths.isEmpty() ? () -> {} : files.watch(paths, this::reload);
      current = first();
    } finally {
      reading.unlock();
    }
    if (config.validation().isEmpty()) {
      log.warn("TLS context of {} has no validation context: any peer is accepted", name);
    }
    announce(current);
    expiry = current.leaf().isPresent() ? expiries.add(name, this::notAfter) : () -> {};
  }

  /** What to do after a new generation has come into force. */
  void onRotation(Runnable listener) {
    listeners.add(listener);
  }

  Generation current() {
    return current;
  }

  private Generation first() {
    try {
      return Generation.read(config);
    } catch (TlsException unusable) {
      watch.close();
      throw unusable;
    }
  }

  private void reload() {
    reading.lock();
    try {
      Generation next = Generation.read(config);
      if (next.isLike(current)) {
        log.debug("the files of {} were touched and say the same", name);
        return;
      }
      current = next;
      listeners.forEach(Runnable::run);
      telemetry.meters().certificateReload(SOURCE_KIND, "ok");
      announce(next);
    } catch (TlsException unusable) {
      log.warn(
          "certificate files have changed and cannot be used; the ones before stay in use: {}",
          unusable.getMessage());
      telemetry.meters().certificateReload(SOURCE_KIND, "rejected");
      telemetry.tell(
          listener -> listener.certificateRejected(name, String.valueOf(unusable.getMessage())));
    } finally {
      reading.unlock();
    }
  }

  private void announce(Generation generation) {
    generation
        .leaf()
        .ifPresent(
            leaf -> {
              String serial = leaf.getSerialNumber().toString(16);
              log.info("certificate {} of {} is in use until {}", serial, name, leaf.getNotAfter());
              telemetry.tell(
                  listener ->
                      listener.certificateLoaded(name, serial, leaf.getNotAfter().toInstant()));
            });
  }

  private Instant notAfter() {
    return current.leaf().map(leaf -> leaf.getNotAfter().toInstant()).orElse(Instant.MAX);
  }

  private static List<Path> paths(TlsContext config) {
    List<Path> paths = new ArrayList<>();
    config
        .identity()
        .ifPresent(
            identity -> {
              add(paths, Source.of(identity.certificateChain()).path());
              add(paths, Source.of(identity.privateKey()).path());
            });
    config
        .validation()
        .ifPresent(validation -> add(paths, Source.of(validation.trustedCa()).path()));
    return paths;
  }

  private static void add(List<Path> paths, Optional<Path> path) {
    path.ifPresent(paths::add);
  }

  @Override
  public void close() {
    watch.close();
    expiry.run();
  }
}
