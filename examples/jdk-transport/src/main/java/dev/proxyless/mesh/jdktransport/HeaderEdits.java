package dev.proxyless.mesh.jdktransport;

import dev.proxyless.mesh.route.HeaderEdit;
import java.net.http.HttpHeaders;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** Applies the mesh's changes to header lines. */
final class HeaderEdits {

  private HeaderEdits() {}

  /** The lines with the changes made in their order. */
  static List<Map.Entry<String, String>> apply(
      List<Map.Entry<String, String>> lines, List<HeaderEdit> edits) {
    List<Map.Entry<String, String>> edited = new ArrayList<>(lines);
    for (HeaderEdit edit : edits) {
      if (edit.kind() != HeaderEdit.Kind.ADD) {
        edited.removeIf(line -> line.getKey().equalsIgnoreCase(edit.name()));
      }
      if (edit.kind() != HeaderEdit.Kind.REMOVE) {
        edited.add(Map.entry(edit.name(), edit.value()));
      }
    }
    return edited;
  }

  /** A response's headers with the changes made. */
  static HttpHeaders apply(HttpHeaders headers, List<HeaderEdit> edits) {
    if (edits.isEmpty()) {
      return headers;
    }
    List<Map.Entry<String, String>> lines = new ArrayList<>();
    headers
        .map()
        .forEach((name, values) -> values.forEach(value -> lines.add(Map.entry(name, value))));
    return headers(apply(lines, edits));
  }

  /** Lines as the JDK keeps them. */
  static HttpHeaders headers(List<Map.Entry<String, String>> lines) {
    Map<String, List<String>> map = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);
    lines.forEach(
        line -> map.computeIfAbsent(line.getKey(), name -> new ArrayList<>()).add(line.getValue()));
    return HttpHeaders.of(map, (name, value) -> true);
  }
}
