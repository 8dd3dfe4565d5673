package dev.proxyless.mesh.xds;

import dev.proxyless.mesh.model.Cluster.Discovery;
import dev.proxyless.mesh.model.Configuration;
import dev.proxyless.mesh.telemetry.MeshListener;
import dev.proxyless.mesh.telemetry.MeshMeters;
import dev.proxyless.mesh.telemetry.MeshTracing;
import dev.proxyless.mesh.telemetry.Telemetry;
import dev.proxyless.mesh.testing.Await;
import dev.proxyless.mesh.time.MeshExecutor;
import dev.proxyless.mesh.time.MeshTime;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import java.util.function.Supplier;

/**
 * An {@link AdsClient} with its store on threads of its own; delays are recorded and not waited.
 */
final class AdsHarness implements AutoCloseable {

  static final String NODE_ID = "mesh/apps/virtualNode/a";
  private static final long WAIT_SECONDS = 20;

  final List<Duration> delays = new CopyOnWriteArrayList<>();
  final BlockingQueue<String> events = new LinkedBlockingQueue<>();
  private final HurriedTime time = new HurriedTime();
  private final MeshExecutor configurationThread = time.serial("config");
  private final MeshExecutor io = time.pool("ads");
  private final ResourceStore store;
  private final AdsClient client;
  private volatile long random;
  private boolean closed;

  AdsHarness(int port) {
    MeshListener listener =
        new MeshListener() {
          @Override
          public void controlPlane(String server, boolean connected) {
            events.add(connected ? "connected" : "disconnected");
          }

          @Override
          public void configurationRejected(String type, String name, String reason) {
            events.add(type + " " + name + " refused");
          }
        };
    Telemetry telemetry = new Telemetry(MeshMeters.NONE, MeshTracing.NONE, listener);
    store =
        new ResourceStore(
            new Decoder(new RealChecks()),
            discovery -> discovery instanceof Discovery.Eds,
            telemetry);
    client =
        new AdsClient(
            "127.0.0.1:" + port,
            new NodeIdentity(NODE_ID, "", Map.of()),
            AdsChannels.create(
                "127.0.0.1", port, Optional.empty(), configurationThread, io, time.scheduler()),
            store,
            () -> {},
            time,
            configurationThread,
            telemetry);
    client.start();
  }

  /** What {@link MeshTime#random} answers from now on. */
  void random(long answer) {
    random = answer;
  }

  Configuration configuration() {
    return onConfigurationThread(store::configuration);
  }

  List<ResourceStatus> statuses() {
    return onConfigurationThread(store::statuses);
  }

  /** Waits until the configuration is as a test wants it. */
  Configuration await(Predicate<Configuration> wanted) throws Exception {
    Await.until("the change", () -> wanted.test(configuration()), this::configuration);
    return configuration();
  }

  /** The next thing that the listener is told. */
  String awaitEvent() throws InterruptedException {
    String event = events.poll(WAIT_SECONDS, TimeUnit.SECONDS);
    if (event == null) {
      throw new AssertionError("the listener was told nothing within " + WAIT_SECONDS + " s");
    }
    return event;
  }

  void awaitDelays(int count) throws Exception {
    Await.until(count + " delays", () -> delays.size() >= count, () -> delays);
  }

  private <T> T onConfigurationThread(Supplier<T> question) {
    return CompletableFuture.supplyAsync(question, configurationThread)
        .orTimeout(WAIT_SECONDS, TimeUnit.SECONDS)
        .join();
  }

  @Override
  public void close() {
    if (closed) {
      return;
    }
    closed = true;
    CompletableFuture.runAsync(client::close, configurationThread)
        .orTimeout(WAIT_SECONDS, TimeUnit.SECONDS)
        .join();
    io.close();
    configurationThread.close();
    time.close();
  }

  /** The system's time, but that what is scheduled runs at once. */
  private final class HurriedTime implements MeshTime {
    private final MeshTime system = MeshTime.system();

    @Override
    public Timer schedule(Duration delay, Runnable task) {
      delays.add(delay);
      return system.schedule(Duration.ofMillis(1), task);
    }

    @Override
    public long random() {
      return random;
    }

    @Override
    public long nanoTime() {
      return system.nanoTime();
    }

    @Override
    public Instant now() {
      return system.now();
    }

    @Override
    public boolean await(CountDownLatch latch, Duration timeout) throws InterruptedException {
      return system.await(latch, timeout);
    }

    @Override
    public MeshExecutor serial(String name) {
      return system.serial(name);
    }

    @Override
    public MeshExecutor pool(String name) {
      return system.pool(name);
    }

    @Override
    public ScheduledExecutorService scheduler() {
      return system.scheduler();
    }

    @Override
    public void close() {
      system.close();
    }
  }
}
