package dev.proxyless.mesh;

import dev.proxyless.mesh.Bootstrap.XdsFileSource;
import dev.proxyless.mesh.document.DocumentException;
import dev.proxyless.mesh.file.FileWatch;
import dev.proxyless.mesh.model.Configuration;
import dev.proxyless.mesh.xds.Checks;
import dev.proxyless.mesh.xds.ResourceStatus;
import java.util.List;
import java.util.concurrent.Executor;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Configuration from a file of xDS resources, read again whenever it changes. A file that cannot be
 * used refuses the mesh at its beginning; later it changes nothing.
 */
final class XdsFileFeed implements AutoCloseable {

  private static final Logger log = LoggerFactory.getLogger(XdsFileFeed.class);

  private final XdsFileSource source;
  private final Checks checks;
  private final Consumer<Reading> changed;
  private final FileWatch.Subscription watch;

  /** Whether a reading has been told; on the configuration thread. */
  private boolean told;

  /**
   * What the file says.
   *
   * @param configuration all that there is
   * @param resources how its resources stand
   */
  record Reading(Configuration configuration, List<ResourceStatus> resources) {}

  /**
   * Reads the file and begins to watch it.
   *
   * @param changed told of each reading on the configuration thread
   * @throws DocumentException if the file cannot be used
   */
  XdsFileFeed(
      XdsFileSource source,
      Checks checks,
      Consumer<Reading> changed,
      FileWatch files,
      Executor configurationThread) {
    this.source = source;
    this.checks = checks;
    this.changed = changed;
    // The watch first: a change between a reading and a later watch would never be told.
    watch = files.watch(List.of(source.file()), () -> configurationThread.execute(this::readAgain));
    Reading first;
    try {
      first = read();
    } catch (DocumentException unusable) {
      watch.close();
      throw unusable;
    }
    configurationThread.execute(() -> tellFirst(first));
  }

  /** A change that was noticed meanwhile was read later. */
  private void tellFirst(Reading first) {
    if (!told) {
      tell(first);
    }
  }

  private void tell(Reading reading) {
    told = true;
    changed.accept(reading);
  }

  private Reading read() {
    XdsFile file = XdsFile.toFollow(source.file(), checks);
    Configuration configuration = file.configuration(source.listener());
    return new Reading(configuration, file.statuses());
  }

  private void readAgain() {
    try {
      tell(read());
    } catch (DocumentException unusable) {
      log.warn("{}; what was read before stays in force", unusable.getMessage());
    }
  }

  @Override
  public void close() {
    watch.close();
  }
}
