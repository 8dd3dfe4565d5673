package dev.proxyless.mesh.quickstart;

import dev.proxyless.mesh.document.Documents;
import dev.proxyless.mesh.document.Json;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The documents of mesh {@code apps} in a directory of their own, with TLS added to the virtual
 * nodes, as an owner of such documents would edit them.
 */
final class AppsDirectory {

  /** The documents, as they lie beside this example. */
  static final List<String> DOCUMENTS =
      List.of(
          "create-mesh.json",
          "create-route.json",
          "create-virtual-node-servicea.json",
          "create-virtual-node-serviceb.json",
          "create-virtual-node-servicebv2.json",
          "create-virtual-router.json",
          "create-virtual-service-servicea.json",
          "create-virtual-service-serviceb.json",
          "update-route.json",
          "update-virtual-service.json");

  private static final String ROUTE = "update-route.json";

  private final Path directory;
  private final Certificates certificates;

  AppsDirectory(Path directory, Certificates certificates) throws IOException {
    this.directory = directory;
    this.certificates = certificates;
    Files.createDirectories(directory);
    for (String name : DOCUMENTS) {
      try (InputStream in = AppsDirectory.class.getResourceAsStream("/apps/" + name)) {
        if (in == null) {
          throw new IOException(name + " is not in the quickstart's jar");
        }
        Files.write(directory.resolve(name), in.readAllBytes());
      }
    }
    edit("create-virtual-node-servicea.json", this::callsWithTls);
    edit("create-virtual-node-serviceb.json", spec -> listensWithTls(spec, "serviceb"));
    edit("create-virtual-node-servicebv2.json", spec -> listensWithTls(spec, "servicebv2"));
  }

  Path path() {
    return directory;
  }

  private interface Edit {
    void apply(Map<String, Object> spec);
  }

  @SuppressWarnings("unchecked") // the documents are ours
  private void edit(String name, Edit edit) throws IOException {
    Map<String, Object> document =
        new LinkedHashMap<>(
            (Map<String, Object>)
                java.util.Objects.requireNonNull(Documents.read(directory.resolve(name)).plain()));
    edit.apply((Map<String, Object>) java.util.Objects.requireNonNull(document.get("spec")));
    Certificates.replace(directory.resolve(name), Json.pretty(document) + "\n");
  }

  private void callsWithTls(Map<String, Object> spec) {
    spec.put(
        "backendDefaults",
        Map.of(
            "clientPolicy",
            Map.of(
                "tls",
                Map.of(
                    "certificate", files("servicea"),
                    "validation", validation("serviceb", "servicebv2")))));
  }

  @SuppressWarnings("unchecked") // the documents are ours
  private void listensWithTls(Map<String, Object> spec, String service) {
    List<Map<String, Object>> listeners =
        new ArrayList<>(
            (List<Map<String, Object>>) java.util.Objects.requireNonNull(spec.get("listeners")));
    Map<String, Object> listener = new LinkedHashMap<>(listeners.get(0));
    listener.put(
        "tls",
        Map.of(
            "mode", "STRICT",
            "certificate", files(service),
            "validation", validation("servicea")));
    listeners.set(0, listener);
    spec.put("listeners", listeners);
  }

  private Map<String, Object> files(String service) {
    return Map.of(
        "file",
        Map.of(
            "certificateChain", certificates.certificate(service).toString(),
            "privateKey", certificates.key(service).toString()));
  }

  private Map<String, Object> validation(String... services) {
    List<String> names = new ArrayList<>();
    for (String service : services) {
      names.add(Certificates.TRUST_DOMAIN + service);
    }
    return Map.of(
        "trust",
        Map.of("file", Map.of("certificateChain", certificates.trust().toString())),
        "subjectAlternativeNames",
        Map.of("match", Map.of("exact", names)));
  }

  /**
   * Moves the split by editing the route's document: the new file takes the old one's place at
   * once.
   */
  void split(int serviceB, int serviceBv2) throws IOException {
    String document = Files.readString(directory.resolve(ROUTE), StandardCharsets.UTF_8);
    String edited =
        document
            .replaceAll("(\"virtualNode\": \"serviceB\", \"weight\": )\\d+", "$1" + serviceB)
            .replaceAll("(\"virtualNode\": \"serviceBv2\", \"weight\": )\\d+", "$1" + serviceBv2);
    Certificates.replace(directory.resolve(ROUTE), edited);
  }

  /** Removes a document. */
  void remove(String name) throws IOException {
    Files.delete(directory.resolve(name));
  }
}
