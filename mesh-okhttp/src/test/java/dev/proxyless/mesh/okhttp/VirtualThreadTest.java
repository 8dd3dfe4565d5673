package dev.proxyless.mesh.okhttp;

import static dev.proxyless.mesh.okhttp.MeshRig.answer;
import static dev.proxyless.mesh.okhttp.MeshRig.get;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.tngtech.archunit.core.domain.JavaClass;
import dev.proxyless.mesh.architecture.Jars;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;
import jdk.jfr.Recording;
import jdk.jfr.consumer.RecordingFile;
import mockwebserver3.MockWebServer;
import okhttp3.OkHttpClient;
import okhttp3.Response;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.objectweb.asm.ClassReader;
import org.objectweb.asm.ClassVisitor;
import org.objectweb.asm.MethodVisitor;
import org.objectweb.asm.Opcodes;

/**
 * A thread that waits inside {@code synchronized} holds on to the thread that carries it. The
 * library has no {@code synchronized} at all, so that no I/O can be under one.
 */
class VirtualThreadTest {

  /** Methods of a class that hold a monitor. */
  private static Set<String> monitors(InputStream bytes) throws IOException {
    Set<String> found = new TreeSet<>();
    ClassReader reader = new ClassReader(bytes);
    String type = reader.getClassName();
    reader.accept(
        new ClassVisitor(Opcodes.ASM9) {
          @Override
          public MethodVisitor visitMethod(
              int access, String name, String descriptor, String signature, String[] exceptions) {
            if ((access & Opcodes.ACC_SYNCHRONIZED) != 0) {
              found.add(type + "." + name);
            }
            return new MethodVisitor(Opcodes.ASM9) {
              @Override
              public void visitInsn(int opcode) {
                if (opcode == Opcodes.MONITORENTER) {
                  found.add(type + "." + name);
                }
              }
            };
          }
        },
        ClassReader.SKIP_DEBUG);
    return found;
  }

  @Test
  void theLibraryHoldsNoMonitor() throws IOException {
    Set<String> found = new TreeSet<>();
    int classes = 0;
    for (JavaClass each : Jars.library()) {
      URI source = each.getSource().orElseThrow().getUri();
      try (InputStream bytes = source.toURL().openStream()) {
        found.addAll(monitors(bytes));
        classes++;
      }
    }
    assertTrue(classes > 300, "the library was looked at: " + classes);
    assertEquals(Set.of(), found, "use a ReentrantLock");
  }

  /** What the rule is to find. */
  @SuppressWarnings({"UnusedMethod", "UnusedVariable"})
  private static final class Guilty {
    private int count;

    synchronized void byMethod() {
      count++;
    }

    void byBlock() {
      synchronized (this) {
        count++;
      }
    }
  }

  @Test
  void theRuleSeesMethodsAndBlocks() throws IOException {
    String file = Guilty.class.getName().substring(Guilty.class.getPackageName().length() + 1);
    try (InputStream bytes = VirtualThreadTest.class.getResourceAsStream(file + ".class")) {
      assertNotNull(bytes);
      String type = Guilty.class.getName().replace('.', '/');
      assertEquals(Set.of(type + ".byBlock", type + ".byMethod"), monitors(bytes));
    }
  }

  private static ExecutorService virtualThreads() throws ReflectiveOperationException {
    return (ExecutorService)
        Executors.class.getMethod("newVirtualThreadPerTaskExecutor").invoke(null);
  }

  /** Calls at a time, more than there are processors, each with a retry. */
  @Test
  void virtualThreadsAreNotPinned(@TempDir Path directory) throws Exception {
    assumeTrue(Runtime.version().feature() >= 21, "virtual threads came with 21");
    int calls = 50;
    try (MeshRig rig = new MeshRig();
        Recording recording = new Recording()) {
      MockWebServer backend = rig.backend();
      for (int i = 0; i < calls; i++) {
        backend.enqueue(answer(503, "no"));
        backend.enqueue(answer(200, "yes"));
      }
      rig.cluster("c", "circuit_breakers: {thresholds: [{max_retries: 1000}]}", backend)
          .route("cluster: c, retry_policy: {retry_on: 5xx, num_retries: 100}");
      OkHttpClient client = rig.client();
      client.newCall(get()).execute().close();
      recording.enable("jdk.VirtualThreadPinned").withStackTrace().withoutThreshold();
      recording.start();
      ConcurrentLinkedQueue<Integer> statuses = new ConcurrentLinkedQueue<>();
      ExecutorService threads = virtualThreads();
      List<Future<?>> running =
          IntStream.range(1, calls)
              .<Future<?>>mapToObj(
                  i ->
                      threads.submit(
                          () -> {
                            try (Response response = client.newCall(get()).execute()) {
                              statuses.add(response.code());
                            }
                            return null;
                          }))
              .toList();
      for (Future<?> each : running) {
        each.get();
      }
      threads.shutdown();
      recording.stop();
      Path file = directory.resolve("pinned.jfr");
      recording.dump(file);
      List<String> ours =
          RecordingFile.readAllEvents(file).stream()
              .map(String::valueOf)
              .filter(trace -> trace.contains("dev.proxyless.mesh"))
              .toList();
      // the JVM pins a thread now and then by itself; a pin of ours would be one in every call
      assertTrue(ours.size() < calls / 5, ours.size() + " pinned, such as " + ours);
      assertEquals(calls - 1, statuses.stream().filter(each -> each == 200).count());
    }
  }
}
