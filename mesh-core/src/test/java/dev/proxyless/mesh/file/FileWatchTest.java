package dev.proxyless.mesh.file;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.proxyless.mesh.testing.OwnThreads;
import dev.proxyless.mesh.testing.TestCertificates;
import dev.proxyless.mesh.time.MeshTime;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FileWatchTest {

  private static final long BOUND_SECONDS = 20;

  @TempDir Path directory;

  private final MeshTime time = MeshTime.system();
  private final FileWatch watch = new FileWatch(time);
  private final BlockingQueue<String> seen = new LinkedBlockingQueue<>();

  @AfterEach
  void close() {
    watch.close();
    time.close();
  }

  /** Watches a file, keeping what each callback finds in it. */
  private FileWatch.Subscription watch(Path file) {
    return watch.watch(List.of(file), () -> seen.add(content(file)));
  }

  private static String content(Path file) {
    try {
      return Files.readString(file);
    } catch (IOException missing) {
      return "missing";
    }
  }

  private void assertSeen(String expected) throws InterruptedException {
    String last = "nothing";
    long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(BOUND_SECONDS);
    while (!last.equals(expected)) {
      last = seen.poll(deadline - System.nanoTime(), TimeUnit.NANOSECONDS);
      assertNotNull(last, "never saw \"" + expected + "\"");
    }
  }

  private Path write(String name, String content) {
    try {
      return Files.writeString(directory.resolve(name), content);
    } catch (IOException failed) {
      throw new UncheckedIOException(failed);
    }
  }

  @Test
  void aFileThatIsWrittenAnew() throws Exception {
    Path file = write("f", "one");
    watch(file);
    write("f", "two!");
    assertSeen("two!");
  }

  @Test
  void aFileThatIsReplacedByARename() throws Exception {
    Path file = write("f", "one");
    watch(file);
    TestCertificates.replace(file, "two");
    assertSeen("two");
    TestCertificates.replace(file, "six");
    assertSeen("six");
  }

  @Test
  void aFileThatComesAndGoes() throws Exception {
    Path file = directory.resolve("f");
    watch(file);
    write("f", "here");
    assertSeen("here");
    Files.delete(file);
    assertSeen("missing");
  }

  @Test
  void aFileWhoseDirectoryComesLater() throws Exception {
    Path file = directory.resolve("later/f");
    watch(file);
    Files.createDirectory(directory.resolve("later"));
    write("later/f", "here");
    assertSeen("here");
  }

  @Test
  void aLinkThatIsSwappedFarAbove() throws Exception {
    Files.createDirectories(directory.resolve("v1"));
    Files.createDirectories(directory.resolve("v2"));
    Files.createDirectories(directory.resolve("mount"));
    write("v1/f", "one");
    write("v2/f", "two");
    Files.createSymbolicLink(directory.resolve("current"), Path.of("v1"));
    Files.createSymbolicLink(directory.resolve("mount/f"), Path.of("../current/f"));
    watch(directory.resolve("mount/f"));
    Files.createSymbolicLink(directory.resolve("next"), Path.of("v2"));
    Files.move(
        directory.resolve("next"), directory.resolve("current"), StandardCopyOption.ATOMIC_MOVE);
    assertSeen("two"); // no event comes of it; the comparison finds it
  }

  @Test
  void anyFileOfADirectory() throws Exception {
    write("a", "1");
    watch.watch(List.of(directory), () -> seen.add(String.join(",", names())));
    write("b", "2");
    assertSeen("a,b");
    Files.delete(directory.resolve("a"));
    assertSeen("b");
  }

  private List<String> names() {
    try (var entries = Files.list(directory)) {
      return entries.map(entry -> entry.getFileName().toString()).sorted().toList();
    } catch (IOException failed) {
      throw new UncheckedIOException(failed);
    }
  }

  @Test
  void aDirectoryThatComesLater() throws Exception {
    Path later = directory.resolve("later");
    watch.watch(List.of(later), () -> seen.add(Files.isDirectory(later) ? "there" : "missing"));
    Files.createDirectory(later);
    write("later/a", "1");
    assertSeen("there");
  }

  @Test
  void aPairIsSeenOnceItIsStill() throws Exception {
    Path a = write("a", "0");
    Path b = write("b", "0");
    watch.watch(List.of(a, b), () -> seen.add(content(a) + content(b)));
    for (int i = 1; i <= 50; i++) {
      write("a", "1".repeat(i));
      write("b", "1".repeat(i));
    }
    assertSeen("1".repeat(100));
  }

  @Test
  void aCallbackThatFailsIsCalledAgainAndHindersNoOther() throws Exception {
    Path file = write("f", "one");
    CountDownLatch failures = new CountDownLatch(2);
    watch.watch(
        List.of(file),
        () -> {
          failures.countDown();
          throw new IllegalStateException("broken");
        });
    watch(file);
    write("f", "two!");
    assertSeen("two!");
    write("f", "three");
    assertSeen("three");
    assertTrue(failures.await(BOUND_SECONDS, TimeUnit.SECONDS));
  }

  @Test
  void afterItsEndASubscriptionIsNotCalled() throws Exception {
    Path file = write("f", "one");
    FileWatch.Subscription ended = watch.watch(List.of(file), () -> seen.add("ended"));
    ended.close();
    watch(file);
    write("f", "two!");
    assertSeen("two!");
    assertNull(seen.stream().filter("ended"::equals).findAny().orElse(null));
  }

  @Test
  void afterItsCloseNoThreadOfAWatchIsLeft() throws Exception {
    Path file = write("f", "one");
    assertEquals(
        List.of(),
        OwnThreads.leftBy(
            () -> {
              MeshTime own = MeshTime.system();
              FileWatch other = new FileWatch(own);
              other.watch(List.of(file), () -> seen.add(content(file)));
              write("f", "two!");
              assertSeen("two!");
              other.close();
              own.close();
              return null;
            }));
  }
}
