package dev.proxyless.mesh.architecture;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/** The classes of the library, as they stand on the class path. */
public final class Jars {

  private Jars() {}

  /** All classes of the library but those of tests. */
  public static JavaClasses library() {
    return new ClassFileImporter()
        .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
        .withImportOption(location -> !location.contains("-tests.jar"))
        .importPackages(Rooms.MESH);
  }

  /** Packages that stand in several directories or jars, each with where it was found. */
  public static List<String> sharedPackages(JavaClasses classes) {
    Map<String, Set<String>> places = new TreeMap<>();
    for (JavaClass type : classes) {
      String file = type.getSource().orElseThrow().getUri().toString();
      String path = type.getName().replace('.', '/') + ".class";
      places
          .computeIfAbsent(type.getPackageName(), name -> new TreeSet<>())
          .add(file.substring(0, file.length() - path.length()));
    }
    return places.entrySet().stream()
        .filter(each -> each.getValue().size() > 1)
        .map(each -> each.getKey() + " is in " + each.getValue())
        .toList();
  }
}
