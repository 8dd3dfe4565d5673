package dev.proxyless.mesh.file;

import dev.proxyless.mesh.time.MeshExecutor;
import dev.proxyless.mesh.time.MeshTime;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.ClosedWatchServiceException;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardWatchEventKinds;
import java.nio.file.WatchKey;
import java.nio.file.WatchService;
import java.nio.file.attribute.BasicFileAttributes;
import java.time.Duration;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.locks.ReentrantLock;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Notices when files change. The operating system's events make it quick; a comparison of times,
 * sizes and file keys once a second makes it sure, for file systems without events and for the
 * swapped symbolic links with which Kubernetes mounts secrets.
 *
 * <p>A change is told once the files have been still for a moment, so that a pair of files written
 * one after the other is seen whole. Callbacks run on a thread of the watch and may block.
 */
public final class FileWatch implements AutoCloseable {

  private static final Logger log = LoggerFactory.getLogger(FileWatch.class);
  private static final Duration POLL = Duration.ofSeconds(1);
  private static final Duration STILL = Duration.ofMillis(20);
  private static final int MAX_STILL_ROUNDS = 50;

  private final MeshTime time;
  private final MeshExecutor executor;
  private final MeshExecutor events;
  private final @Nullable WatchService service;
  private final List<Watched> all = new CopyOnWriteArrayList<>();
  private final Map<Path, WatchKey> directories = new HashMap<>();
  private volatile boolean closed;

  /** Starts a watch of nothing yet. */
  public FileWatch(MeshTime time) {
    this.time = time;
    executor = time.serial("files");
    events = time.serial("file-events");
    service = open();
    if (service != null) {
      events.execute(this::takeEvents);
    }
    time.schedule(POLL, this::poll);
  }

  private static @Nullable WatchService open() {
    try {
      return FileSystems.getDefault().newWatchService();
    } catch (IOException unavailable) {
      log.info(
          "the system gives no events of files, which are polled instead: {}",
          unavailable.toString());
      return null;
    }
  }

  /** Ends one subscription. */
  public interface Subscription extends AutoCloseable {
    @Override
    void close();
  }

  /** Calls back after any of some files, or any file of some directories, has changed. */
  public Subscription watch(Collection<Path> paths, Runnable changed) {
    Watched watched = new Watched(List.copyOf(paths), changed);
    all.add(watched);
    executor.execute(
        () -> {
          paths.forEach(this::register);
          check(); // what changed before events were asked for gives none
        });
    return () -> {
      watched.ended = true;
      all.remove(watched);
    };
  }

  /** On the executor's thread alone. */
  private void register(Path path) {
    Path directory = Files.isDirectory(path) ? path : path.toAbsolutePath().getParent();
    WatchService watcher = service;
    if (directory == null || watcher == null || closed) {
      return;
    }
    directories.computeIfAbsent(
        directory,
        each -> {
          try {
            return each.register(
                watcher,
                StandardWatchEventKinds.ENTRY_CREATE,
                StandardWatchEventKinds.ENTRY_MODIFY,
                StandardWatchEventKinds.ENTRY_DELETE);
          } catch (IOException | ClosedWatchServiceException noEvents) {
            log.debug("no events for {}; it is polled", each, noEvents);
            return null;
          }
        });
  }

  private void takeEvents() {
    try {
      while (!closed && service != null) {
        WatchKey key = service.take();
        key.pollEvents();
        key.reset();
        executor.execute(this::check);
      }
    } catch (ClosedWatchServiceException | InterruptedException ended) {
      log.debug("file events have ended");
    }
  }

  private void poll() {
    if (!closed) {
      executor.execute(this::check);
      time.schedule(POLL, this::poll);
    }
  }

  private void check() {
    for (Watched watched : all) {
      if (closed || !watched.differs()) {
        continue;
      }
      if (!settle(watched)) {
        return;
      }
      try {
        if (!watched.ended) {
          watched.changed.run();
        }
      } catch (RuntimeException failure) {
        log.error("what was to follow a change of {} failed", watched.paths, failure);
      }
    }
  }

  /** Waits until two looks in a row see the same. */
  private boolean settle(Watched watched) {
    try {
      for (int round = 0; round < MAX_STILL_ROUNDS; round++) {
        watched.remember();
        time.await(new CountDownLatch(1), STILL);
        if (!watched.differs()) {
          return true;
        }
      }
      return true;
    } catch (InterruptedException closing) {
      Thread.currentThread().interrupt();
      return false;
    }
  }

  @Override
  public void close() {
    closed = true;
    try {
      if (service != null) {
        service.close();
      }
    } catch (IOException ignored) {
      log.debug("the watch service did not close", ignored);
    }
    events.close();
    executor.close();
  }

  private static final class Watched {
    private final List<Path> paths;
    private final Runnable changed;
    private volatile boolean ended;
    private final ReentrantLock looking = new ReentrantLock();
    private Map<Path, String> seen;

    Watched(List<Path> paths, Runnable changed) {
      this.paths = paths;
      this.changed = changed;
      seen = look(paths);
    }

    boolean differs() {
      looking.lock();
      try {
        return !look(paths).equals(seen);
      } finally {
        looking.unlock();
      }
    }

    void remember() {
      looking.lock();
      try {
        seen = look(paths);
      } finally {
        looking.unlock();
      }
    }

    private static Map<Path, String> look(List<Path> paths) {
      Map<Path, String> found = new TreeMap<>();
      for (Path path : paths) {
        if (Files.isDirectory(path)) {
          try (Stream<Path> entries = Files.list(path)) {
            entries.forEach(entry -> found.put(entry, fingerprint(entry)));
          } catch (IOException | UncheckedIOException unreadable) {
            found.put(path, "unreadable");
          }
        } else {
          found.put(path, fingerprint(path));
        }
      }
      return found;
    }

    private static String fingerprint(Path path) {
      try {
        BasicFileAttributes is = Files.readAttributes(path, BasicFileAttributes.class);
        return is.lastModifiedTime().toInstant() + " " + is.size() + " " + is.fileKey();
      } catch (IOException missing) {
        return "missing";
      }
    }
  }
}
