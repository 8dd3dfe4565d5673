package dev.proxyless.mesh.quickstart;

import dev.proxyless.mesh.document.Documents;
import dev.proxyless.mesh.document.Json;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Stream;

/**
 * The documents of mesh {@code apps} in a directory of their own, with TLS added to the virtual
 * nodes, as an owner of such documents would edit them.
 */
final class AppsDirectory {

  /** The document of the route that splits serviceB's calls. */
  static final String ROUTE = "update-route.json";

  /** The documents, as they lie beside this example. */
  private static final List<String> DOCUMENTS =
      List.of(
          "create-mesh.json",
          "create-route.json",
          "create-virtual-node-servicea.json",
          "create-virtual-node-serviceb.json",
          "create-virtual-node-servicebv2.json",
          "create-virtual-router.json",
          "create-virtual-service-servicea.json",
          "create-virtual-service-serviceb.json",
          ROUTE,
          "update-virtual-service.json");

  private final Path directory;
  private final TlsFiles files;
  private final String originalRoute;

  AppsDirectory(Path directory, TlsFiles files) throws IOException {
    this.directory = directory;
    this.files = files;
    Files.createDirectories(directory);
    for (String name : DOCUMENTS) {
      Files.writeString(directory.resolve(name), original(name));
    }
    originalRoute = original(ROUTE);
    editSpec("servicea", spec -> spec.put("backendDefaults", callsWithTls()));
    for (String service : List.of("serviceb", "servicebv2")) {
      editListener(service, listener -> listener.put("tls", listensWithTls(service)));
    }
  }

  private static String original(String name) throws IOException {
    try (InputStream in = AppsDirectory.class.getResourceAsStream("/apps/" + name)) {
      if (in == null) {
        throw new IOException(name + " is not in the quickstart's jar");
      }
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    }
  }

  Path path() {
    return directory;
  }

  private interface Edit {
    void apply(Map<String, Object> object);
  }

  @SuppressWarnings("unchecked") // the documents are ours
  private void editSpec(String service, Edit edit) throws IOException {
    Path file = directory.resolve("create-virtual-node-" + service + ".json");
    Map<String, Object> document =
        (Map<String, Object>) Objects.requireNonNull(Documents.read(file).plain());
    edit.apply((Map<String, Object>) Objects.requireNonNull(document.get("spec")));
    Certificates.replace(file, Json.pretty(document) + "\n");
  }

  @SuppressWarnings("unchecked") // the documents are ours
  private void editListener(String service, Edit edit) throws IOException {
    editSpec(
        service,
        spec ->
            edit.apply(
                ((List<Map<String, Object>>) Objects.requireNonNull(spec.get("listeners")))
                    .get(0)));
  }

  private Map<String, Object> callsWithTls() {
    Map<String, Object> tls = new LinkedHashMap<>();
    tls.put("certificate", certificate("servicea"));
    tls.put("validation", validation("serviceb", "servicebv2"));
    return Map.of("clientPolicy", Map.of("tls", tls));
  }

  private Map<String, Object> listensWithTls(String service) {
    Map<String, Object> tls = new LinkedHashMap<>();
    tls.put("mode", "STRICT");
    tls.put("certificate", certificate(service));
    tls.put("validation", validation("servicea"));
    return tls;
  }

  private Map<String, Object> certificate(String service) {
    Map<String, Object> file = new LinkedHashMap<>();
    file.put("certificateChain", files.certificate(service).toString());
    file.put("privateKey", files.key(service).toString());
    return Map.of("file", file);
  }

  private Map<String, Object> validation(String... services) {
    List<String> names = Stream.of(services).map(Certificates::spiffeId).toList();
    Map<String, Object> validation = new LinkedHashMap<>();
    validation.put("trust", Map.of("file", Map.of("certificateChain", files.trust().toString())));
    validation.put("subjectAlternativeNames", Map.of("match", Map.of("exact", names)));
    return validation;
  }

  /** How long endpoints are set aside. */
  void ejectFor(long millis) throws IOException {
    for (String service : List.of("serviceb", "servicebv2")) {
      editListener(
          service,
          listener ->
              outlierDetection(listener)
                  .put("baseEjectionDuration", Map.of("unit", "ms", "value", millis)));
    }
  }

  @SuppressWarnings("unchecked") // the documents are ours
  private static Map<String, Object> outlierDetection(Map<String, Object> listener) {
    return (Map<String, Object>) Objects.requireNonNull(listener.get("outlierDetection"));
  }

  /** The route's document as it is now. */
  String route() throws IOException {
    return Files.readString(directory.resolve(ROUTE), StandardCharsets.UTF_8);
  }

  /** Moves the split: serviceBv2 gets this percentage, serviceB the rest. */
  void split(int serviceBv2) throws IOException {
    rewriteRoute(
        route()
            .replaceAll("(\"serviceB\", \"weight\": )\\d+", "$1" + (100 - serviceBv2))
            .replaceAll("(\"serviceBv2\", \"weight\": )\\d+", "$1" + serviceBv2));
  }

  /** Sets how often a call is tried again. */
  void retries(int max) throws IOException {
    rewriteRoute(route().replaceAll("(\"maxRetries\": )\\d+", "$1" + max));
  }

  /** Makes the mistake that hands make. */
  void misspellWeight() throws IOException {
    rewriteRoute(route().replace("\"weight\"", "\"wieght\""));
  }

  private void rewriteRoute(String document) throws IOException {
    Certificates.replace(directory.resolve(ROUTE), document);
  }

  /** Takes back every edit of the route. */
  void restoreRoute() throws IOException {
    rewriteRoute(originalRoute);
  }

  /** Removes a document. */
  void remove(String name) throws IOException {
    Files.delete(directory.resolve(name));
  }
}
