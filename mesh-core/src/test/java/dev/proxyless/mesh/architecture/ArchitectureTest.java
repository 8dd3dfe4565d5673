package dev.proxyless.mesh.architecture;

import static org.junit.jupiter.api.Assertions.assertEquals;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Holds mesh-core to its rooms. That each rule bites is shown by {@link RulesBiteTest}. */
final class ArchitectureTest {

  private static final JavaClasses CORE = Jars.library();
  private static final Rooms ROOMS = new Rooms(Rooms.MESH);

  static Set<String> rooms() {
    return Rooms.names();
  }

  @ParameterizedTest
  @MethodSource("rooms")
  void aRoomUsesWhatItsArrowsLeadToAndNothingElse(String room) {
    ROOMS.arrowsOf(room).check(CORE);
  }

  @Test
  void everyPackageIsARoom() {
    ROOMS.everyPackageIsARoom().check(CORE);
    Set<String> found =
        CORE.stream()
            .map(JavaClass::getPackageName)
            .filter(name -> !name.equals(Rooms.MESH))
            .map(name -> name.substring(Rooms.MESH.length() + 1))
            .collect(Collectors.toCollection(TreeSet::new));
    assertEquals(Rooms.names(), found);
  }

  @Test
  void aLibraryIsSeenInItsRoomsAlone() {
    new Libraries(ROOMS).areSeenInTheirRoomsAlone().check(CORE);
  }

  @Test
  void theModelNeedsTheJdkAlone() {
    new Libraries(ROOMS).theModelNeedsTheJdkAlone().check(CORE);
  }

  @Test
  void noTypeOfALibraryStandsInAPublicSignature() {
    new Libraries(ROOMS).doNotStandInPublicSignatures().check(CORE);
  }

  @Test
  void clocksThreadsAndChanceAreInTimeAlone() {
    Habits.timeIsMeshTime(Rooms.MESH).check(CORE);
  }

  @Test
  void nothingIsPrinted() {
    Habits.nothingIsPrinted(Rooms.MESH).check(CORE);
  }

  @Test
  void nothingStaticChanges() {
    Habits.nothingStaticChanges(Rooms.MESH).check(CORE);
  }
}
