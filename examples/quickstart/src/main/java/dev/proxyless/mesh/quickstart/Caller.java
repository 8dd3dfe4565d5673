package dev.proxyless.mesh.quickstart;

import dev.proxyless.mesh.Bootstrap;
import dev.proxyless.mesh.Mesh;
import dev.proxyless.mesh.okhttp.MeshOkHttp;
import dev.proxyless.mesh.telemetry.MeshListener;
import dev.proxyless.mesh.time.MeshTime;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.io.IOException;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.BooleanSupplier;
import okhttp3.Handshake;
import okhttp3.OkHttpClient;
import okhttp3.Request;
import okhttp3.Response;

/** serviceA: an application whose OkHttp client goes through the mesh, with meters. */
final class Caller implements AutoCloseable {

  static final String URL = "http://serviceb.apps.local:8000/";

  private final SimpleMeterRegistry registry = new SimpleMeterRegistry();
  private final Mesh mesh;
  private final OkHttpClient client;
  private final Map<String, String> serverSerials = new ConcurrentHashMap<>();

  Caller(Bootstrap bootstrap, MeshTime time, MeshListener listener) {
    mesh =
        Mesh.builder()
            .bootstrap(bootstrap)
            .meterRegistry(registry)
            .listener(listener)
            .time(time)
            .build();
    client = MeshOkHttp.install(mesh, new OkHttpClient.Builder()).build();
  }

  /** One answer. */
  record Answer(int status, String body) {
    boolean isGood() {
      return status == 200;
    }
  }

  Answer call() throws IOException {
    try (Response response = client.newCall(new Request.Builder().url(URL).build()).execute()) {
      Answer answer = new Answer(response.code(), response.body().string());
      Handshake handshake = response.handshake();
      if (answer.isGood()
          && handshake != null
          && handshake.peerCertificates().get(0) instanceof X509Certificate leaf) {
        serverSerials.put(answer.body(), leaf.getSerialNumber().toString(16));
      }
      return answer;
    }
  }

  /** The serial number of the certificate that a backend showed last. */
  String serverSerial(String backend) {
    return serverSerials.getOrDefault(backend, "");
  }

  Mesh mesh() {
    return mesh;
  }

  /** Tries made so far, by the mesh's own meters. */
  long attempts() {
    return count("");
  }

  /** Retries made so far, by the mesh's own meters. */
  long retries() {
    return count("retry");
  }

  private long count(String reason) {
    double sum = 0;
    for (Counter counter : registry.find("mesh.client.attempts").counters()) {
      if (reason.isEmpty() || reason.equals(counter.getId().getTag("reason"))) {
        sum += counter.count();
      }
    }
    return Math.round(sum);
  }

  /** What came of many calls. */
  static final class Tally {
    private final AtomicInteger calls = new AtomicInteger();
    private final AtomicInteger failed = new AtomicInteger();
    private final Map<String, AtomicLong> answers = new ConcurrentHashMap<>();
    private volatile String firstFailure = "";

    void add(Answer answer) {
      calls.incrementAndGet();
      if (answer.isGood()) {
        answers.computeIfAbsent(answer.body(), name -> new AtomicLong()).incrementAndGet();
      } else {
        fail(answer.status() + " " + answer.body());
      }
    }

    void add(IOException failure) {
      calls.incrementAndGet();
      fail(failure.toString());
    }

    private void fail(String what) {
      if (failed.incrementAndGet() == 1) {
        firstFailure = what;
      }
    }

    /** Adds another tally's calls. */
    void addAll(Tally other) {
      calls.addAndGet(other.calls());
      failed.addAndGet(other.failed());
    }

    /** Adds calls that were made and checked one by one. */
    void addGood(int count) {
      calls.addAndGet(count);
    }

    int calls() {
      return calls.get();
    }

    int failed() {
      return failed.get();
    }

    String firstFailure() {
      return firstFailure;
    }

    /** Good answers of all backends whose names begin so. */
    long of(String service) {
      return new TreeMap<>(answers)
          .entrySet().stream()
              .filter(each -> each.getKey().startsWith(service + "-"))
              .mapToLong(each -> each.getValue().get())
              .sum();
    }
  }

  /** Makes this many calls on some threads. */
  Tally load(int calls, int threads, Progress progress) throws InterruptedException {
    AtomicInteger left = new AtomicInteger(calls);
    Tally tally = new Tally();
    run(threads, () -> left.getAndDecrement() > 0, tally, () -> progress.at(tally.calls(), calls));
    return tally;
  }

  /** Makes calls on some threads until told to stop; the load stops when this is closed. */
  Running loadUntilStopped(int threads) {
    return new Running(threads);
  }

  /** Calls that go on in the background. */
  final class Running {
    private final Tally tally = new Tally();
    private final CountDownLatch ended = new CountDownLatch(1);
    private volatile boolean stopped;

    private Running(int threads) {
      Thread driver =
          new Thread(
              () -> {
                try {
                  run(threads, () -> !stopped, tally, () -> {});
                } catch (InterruptedException interrupted) {
                  Thread.currentThread().interrupt();
                } finally {
                  ended.countDown();
                }
              },
              "quickstart-load");
      driver.setDaemon(true);
      driver.start();
    }

    Tally tally() {
      return tally;
    }

    Tally stop() throws InterruptedException {
      stopped = true;
      ended.await();
      return tally;
    }
  }

  private void run(int threads, BooleanSupplier more, Tally tally, Runnable afterEach)
      throws InterruptedException {
    CountDownLatch done = new CountDownLatch(threads);
    for (int i = 0; i < threads; i++) {
      Thread thread =
          new Thread(
              () -> {
                while (more.getAsBoolean()) {
                  try {
                    tally.add(call());
                  } catch (IOException failure) {
                    tally.add(failure);
                  }
                  afterEach.run();
                }
                done.countDown();
              },
              "quickstart-caller-" + i);
      thread.setDaemon(true);
      thread.start();
    }
    done.await();
  }

  /** Waits until something holds; returns whether it does in time. */
  static boolean eventually(Duration timeout, BooleanSupplier condition)
      throws InterruptedException {
    long deadline = System.nanoTime() + timeout.toNanos();
    while (!condition.getAsBoolean()) {
      if (System.nanoTime() > deadline) {
        return false;
      }
      Thread.sleep(1);
    }
    return true;
  }

  @Override
  public void close() {
    mesh.close();
    client.dispatcher().executorService().shutdown();
    client.connectionPool().evictAll();
  }
}
