package dev.proxyless.mesh.architecture;

import static com.tngtech.archunit.core.domain.JavaClass.Predicates.equivalentTo;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideOutsideOfPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.lang.ArchRule;
import dev.proxyless.mesh.Internal;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;

/**
 * The rooms of mesh-core and the arrows between them: {@code docs/design-decisions.md}, "Rooms and
 * arrows".
 *
 * @param root the package that holds the rooms
 */
record Rooms(String root) {

  /** The root of the library. */
  static final String MESH = "dev.proxyless.mesh";

  /** What each room may use. The root package may use all of them, and none of them may use it. */
  static final Map<String, List<String>> ARROWS =
      Map.ofEntries(
          Map.entry("time", List.of()),
          Map.entry("document", List.of()),
          Map.entry("model", List.of()),
          Map.entry("file", List.of("time")),
          Map.entry("proto", List.of("document")),
          Map.entry("telemetry", List.of("model")),
          Map.entry("route", List.of("document", "model", "telemetry")),
          Map.entry("authz", List.of("model", "telemetry")),
          Map.entry("cluster", List.of("model", "telemetry", "time")),
          Map.entry("tls", List.of("file", "model", "telemetry", "time")),
          Map.entry("discovery", List.of("model", "telemetry", "time")),
          Map.entry(
              "call", List.of("authz", "cluster", "model", "route", "telemetry", "time", "tls")),
          Map.entry("appmesh", List.of("document", "proto")),
          Map.entry("xds", List.of("document", "model", "proto", "telemetry", "time")),
          Map.entry(
              "snapshot",
              List.of(
                  "authz",
                  "call",
                  "cluster",
                  "discovery",
                  "model",
                  "route",
                  "telemetry",
                  "time",
                  "tls")),
          Map.entry(
              "admin",
              List.of(
                  "call",
                  "cluster",
                  "document",
                  "model",
                  "route",
                  "snapshot",
                  "telemetry",
                  "xds")));

  /** The names of all rooms, in order. */
  static Set<String> names() {
    return new TreeSet<>(ARROWS.keySet());
  }

  /** A room uses itself, the rooms that its arrows lead to, and no other. */
  ArchRule arrowsOf(String room) {
    String[] open =
        Stream.concat(Stream.of(room), ARROWS.getOrDefault(room, List.of()).stream())
            .map(each -> root + "." + each)
            .toArray(String[]::new);
    return classes()
        .that(resideInAPackage(root + "." + room))
        .should()
        .onlyDependOnClassesThat(
            resideInAnyPackage(open)
                .or(resideOutsideOfPackage(root + ".."))
                .or(equivalentTo(Internal.class))
                .as("are of a room that %s may use: %s", room, ARROWS.get(room)))
        .because("arrows between rooms point as docs/design-decisions.md says only");
  }

  /** There is no package but the root and its rooms: one that no rule names is held by none. */
  ArchRule everyPackageIsARoom() {
    String[] named =
        Stream.concat(Stream.of(root), names().stream().map(each -> root + "." + each))
            .toArray(String[]::new);
    return classes()
        .that(resideInAPackage(root + ".."))
        .should()
        .resideInAnyPackage(named)
        .because("a package without a line in Rooms.ARROWS is held to nothing");
  }

  /** The name of the room that a class is in; empty for the root. */
  String roomOf(JavaClass type) {
    String name = type.getPackageName();
    return name.length() <= root.length() ? "" : name.substring(root.length() + 1);
  }

  boolean holds(JavaClass type) {
    return type.getPackageName().equals(root) || type.getPackageName().startsWith(root + ".");
  }
}
