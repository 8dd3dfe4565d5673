package dev.proxyless.mesh.benchmarks.calls;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** Plain OkHttp through one real Envoy, or through several in a row. */
final class EnvoyArm implements Arm {

  private static final Duration SOON = Duration.ofSeconds(30);
  private static final long STEP_MILLIS = 20;

  private final List<Process> proxies = new ArrayList<>();
  private final List<CpuTime> cpu = new ArrayList<>();
  private final OkHttpArm client;

  /** Starts the proxies, the last one first. */
  EnvoyArm(Path binary, Backend backend, int hops, PlainMeters meters)
      throws IOException, InterruptedException {
    List<String> upstream = backend.endpoints(8);
    boolean started = false;
    try {
      for (int i = 1; i <= hops; i++) {
        upstream = List.of(start(binary, backend.directory(), hops + "-" + i, upstream));
      }
      started = true;
    } finally {
      if (!started) {
        stop();
      }
    }
    ArmName arm = hops == 1 ? ArmName.ENVOY_1 : ArmName.ENVOY_2;
    client = OkHttpArm.plain(arm, upstream.get(0), meters);
  }

  private String start(Path binary, Path directory, String name, List<String> upstream)
      throws IOException, InterruptedException {
    Path file =
        Files.writeString(
            directory.resolve("envoy-" + name + ".yaml"),
            """
            admin: {address: {socket_address: {address: 127.0.0.1, port_value: 0}}}
            static_resources:
              listeners:
              - name: bench
                address: {socket_address: {address: 127.0.0.1, port_value: 0}}
                filter_chains:
                - filters:
                  - name: hcm
                    typed_config:
                      "@type": type.googleapis.com/envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager
                      stat_prefix: bench
                      route_config:
                        virtual_hosts:
                        - name: all
                          domains: ["*"]
                          routes:
                          - match: {prefix: /}
                            route:
                              cluster: c
                              timeout: 15s
                              retry_policy: {retry_on: "5xx,reset,connect-failure", num_retries: 2}
                      http_filters:
                      - name: envoy.filters.http.router
                        typed_config:
                          "@type": type.googleapis.com/envoy.extensions.filters.http.router.v3.Router
              clusters:
              - name: c
                type: STATIC
                connect_timeout: 1s
                outlier_detection: {consecutive_5xx: 5}
                load_assignment:
                  cluster_name: c
                  endpoints:
                  - lb_endpoints:
            %s
            """
                .formatted(MeshArms.yaml(upstream).indent(8)));
    Path adminFile = directory.resolve("envoy-" + name + ".admin");
    Process process =
        new ProcessBuilder(
                binary.toString(),
                "-c",
                file.toString(),
                "--disable-hot-restart",
                "--concurrency",
                "1",
                "-l",
                "error",
                "--admin-address-path",
                adminFile.toString())
            .redirectErrorStream(true)
            .redirectOutput(directory.resolve("envoy-" + name + ".log").toFile())
            .start();
    proxies.add(process);
    cpu.add(CpuTime.of(process.toHandle()));
    return listener(process, adminFile, directory.resolve("envoy-" + name + ".log"));
  }

  /** The address that the proxy serves, once it does. */
  private static String listener(Process process, Path adminFile, Path log)
      throws IOException, InterruptedException {
    HttpClient http = HttpClient.newHttpClient();
    long begin = System.nanoTime();
    while (System.nanoTime() - begin < SOON.toNanos() && process.isAlive()) {
      String admin = Files.exists(adminFile) ? Files.readString(adminFile).strip() : "";
      if (!admin.isEmpty()) {
        URI ready = URI.create("http://" + admin + "/ready");
        String said =
            http.send(HttpRequest.newBuilder(ready).build(), BodyHandlers.ofString()).body();
        if (said.startsWith("LIVE")) {
          URI listeners = URI.create("http://" + admin + "/listeners");
          String line =
              http.send(HttpRequest.newBuilder(listeners).build(), BodyHandlers.ofString()).body();
          return line.strip().substring(line.indexOf("::") + 2);
        }
      }
      Thread.sleep(STEP_MILLIS);
    }
    throw new IOException("Envoy did not get ready: " + Files.readString(log));
  }

  @Override
  public void call() throws IOException {
    client.call();
  }

  @Override
  public long proxyCpuNanos() {
    return cpu.stream().mapToLong(CpuTime::nanos).sum();
  }

  private void stop() {
    for (Process proxy : proxies) {
      proxy.destroy();
      try {
        if (!proxy.waitFor(10, TimeUnit.SECONDS)) {
          proxy.destroyForcibly();
        }
      } catch (InterruptedException hurried) {
        proxy.destroyForcibly();
        Thread.currentThread().interrupt();
      }
    }
  }

  @Override
  public void close() {
    client.close();
    stop();
  }
}
