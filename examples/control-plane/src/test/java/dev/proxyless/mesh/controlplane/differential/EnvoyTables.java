package dev.proxyless.mesh.controlplane.differential;

import dev.proxyless.mesh.controlplane.Envoy;
import dev.proxyless.mesh.document.Documents;
import dev.proxyless.mesh.document.Json;
import dev.proxyless.mesh.document.Node;
import dev.proxyless.mesh.testing.Await;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** One Envoy that serves many tables, each at a port of its own. */
final class EnvoyTables implements AutoCloseable {

  private static final int ATTEMPTS = 5;
  private static final int LAST_WORDS = 2_000;

  private final Path directory;
  private final Backends backends;
  private final Envoy envoy;
  private int served;
  private int updates = 1;

  EnvoyTables(Path directory, Backends backends) throws Exception {
    this.directory = directory;
    this.backends = backends;
    write(List.of());
    envoy =
        new Envoy(
            directory,
            Json.pretty(bootstrap()),
            "--file-flush-interval-msec",
            "5",
            "--drain-time-s",
            "1");
  }

  private Map<String, Object> bootstrap() {
    Map<String, Object> here = Trees.map("path", directory.toString());
    List<Object> clusters = new ArrayList<>();
    backends.ports().forEach((name, port) -> clusters.add(cluster(name, port)));
    return Trees.map(
        "node", Trees.map("id", "differential", "cluster", "differential"),
        "admin",
            Trees.map(
                "address",
                Trees.map("socket_address", Trees.map("address", "127.0.0.1", "port_value", 0))),
        "static_resources", Trees.map("clusters", clusters),
        "dynamic_resources",
            Trees.map(
                "lds_config",
                Trees.map(
                    "resource_api_version",
                    "V3",
                    "path_config_source",
                    Trees.map("path", listeners().toString(), "watched_directory", here))));
  }

  /** A cluster of one endpoint on this machine. */
  static Map<String, Object> cluster(String name, int port) {
    Map<String, Object> address =
        Trees.map("socket_address", Trees.map("address", "127.0.0.1", "port_value", port));
    return Trees.map(
        "name",
        name,
        "type",
        "STATIC",
        "connect_timeout",
        "5s",
        "load_assignment",
        Trees.map(
            "cluster_name",
            name,
            "endpoints",
            List.of(
                Trees.map(
                    "lb_endpoints",
                    List.of(Trees.map("endpoint", Trees.map("address", address)))))));
  }

  private Path listeners() {
    return directory.resolve("listeners.json");
  }

  private void write(List<Object> resources) throws IOException {
    Path next =
        Files.writeString(
            directory.resolve("next.json"),
            Json.line(Trees.map("version_info", String.valueOf(served), "resources", resources)));
    Files.move(
        next, listeners(), StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
  }

  /** A table that Envoy took, or why it did not. */
  record Served(String name, int port, String refusal) {
    boolean isRefused() {
      return !refusal.isEmpty();
    }
  }

  /** Serves these tables and none of those before. */
  List<Served> serve(List<Table> tables) throws Exception {
    for (int attempt = 0; attempt < ATTEMPTS; attempt++) {
      List<Served> found = tryToServe(tables);
      if (found.stream().noneMatch(each -> each.refusal.contains("in use"))) {
        return found;
      }
    }
    throw new IOException("no free ports: " + lastWords());
  }

  private List<Served> tryToServe(List<Table> tables) throws Exception {
    Map<String, Integer> ports = new LinkedHashMap<>();
    List<Object> resources = new ArrayList<>();
    Iterator<Integer> free = freePorts(tables.size()).iterator();
    for (Table table : tables) {
      String name = "t" + served++;
      ports.put(name, free.next());
      Map<String, Object> resource =
          Trees.map("@type", Table.TYPES + "config.listener.v3.Listener");
      resource.putAll(table.listener(name, ports.get(name), List.of(EnvoyLog.config(log(name)))));
      resources.add(resource);
    }
    write(resources);
    updates++;
    Await.until(
        "Envoy's update of its listeners",
        () ->
            envoy.counter("listener_manager.lds.update_success")
                    + envoy.counter("listener_manager.lds.update_rejected")
                >= updates,
        this::lastWords);
    Map<String, String> refusals = refusals();
    return ports.entrySet().stream()
        .map(
            each ->
                new Served(
                    each.getKey(), each.getValue(), refusals.getOrDefault(each.getKey(), "")))
        .toList();
  }

  /**
   * Ports that nobody has now. They are not left to Envoy: it binds all before it listens, and so
   * may be given one for two listeners.
   */
  private static List<Integer> freePorts(int count) throws IOException {
    List<ServerSocket> sockets = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      sockets.add(new ServerSocket(0, 1, InetAddress.getLoopbackAddress()));
    }
    List<Integer> ports = new ArrayList<>();
    for (ServerSocket each : sockets) {
      ports.add(each.getLocalPort());
      each.close();
    }
    return ports;
  }

  /** What Envoy said last; it begins with what is wrong and goes on with the whole file. */
  private String lastWords() {
    String log = envoy.log().strip();
    String last = log.substring(log.lastIndexOf("\n[") + 1);
    return last.substring(0, Math.min(last.length(), LAST_WORDS));
  }

  /** The access log of a table. */
  Path log(String name) {
    return directory.resolve(name + ".log");
  }

  private Map<String, String> refusals() throws IOException {
    Map<String, String> refusals = new LinkedHashMap<>();
    for (Node each :
        Documents.parse("config_dump.json", envoy.admin("/config_dump?resource=dynamic_listeners"))
            .list("configs")) {
      each.find("error_state")
          .ifPresent(
              error ->
                  refusals.put(
                      error.required("failed_configuration").required("name").text(),
                      lastLine(error.required("details").text())));
    }
    return refusals;
  }

  /** The reason stands after the whole message that was refused. */
  private static String lastLine(String details) {
    String last = details.strip();
    last = last.substring(last.lastIndexOf('\n') + 1);
    int innermost = last.lastIndexOf("| caused by ");
    return innermost < 0 ? last : last.substring(innermost);
  }

  @Override
  public void close() {
    envoy.close();
  }
}
