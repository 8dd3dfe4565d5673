package dev.proxyless.mesh.architecture;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.tngtech.archunit.core.domain.JavaAccess;
import com.tngtech.archunit.core.domain.JavaClass;
import java.lang.reflect.RecordComponent;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/**
 * What the feed puts into the model is asked for by a room that does something with it: a field
 * that is decoded and then left lying would be said to act, and would not.
 */
final class ModelIsUsedTest {

  /** Rooms that fill the model or hand it on. */
  private static final Set<String> FILLS_IT = Set.of("model", "xds");

  /** What is inert, and settings of filters, which are handed over as they came. */
  private static final List<String> INERT =
      List.of(
          "model.FilterConfig.typeName",
          "model.FilterConfig.value",
          "model.Listener$FilterChain.name");

  @Test
  void everyComponentOfTheModelIsAskedFor() {
    Rooms rooms = new Rooms(Rooms.MESH);
    List<String> unused = new ArrayList<>();
    int components = 0;
    for (JavaClass type : Jars.library()) {
      if (!rooms.roomOf(type).equals("model") || !type.isRecord()) {
        continue;
      }
      for (RecordComponent component : type.reflect().getRecordComponents()) {
        components++;
        if (accesses(type, component.getName())
            .map(JavaAccess::getOriginOwner)
            .map(rooms::roomOf)
            .allMatch(FILLS_IT::contains)) {
          unused.add(type.getName().substring(Rooms.MESH.length() + 1) + "." + component.getName());
        }
      }
    }
    assertTrue(components > 50, "components: " + components);
    assertEquals(INERT, unused.stream().sorted().toList());
  }

  /** By the type itself and by interfaces that it implements. */
  private static Stream<? extends JavaAccess<?>> accesses(JavaClass type, String accessor) {
    return Stream.concat(Stream.of(type), type.getAllRawInterfaces().stream())
        .flatMap(each -> each.tryGetMethod(accessor).stream())
        .flatMap(each -> each.getAccessesToSelf().stream());
  }
}
