package dev.proxyless.mesh.spring;

import static org.junit.jupiter.api.Assertions.assertEquals;

import com.tngtech.archunit.core.domain.JavaClasses;
import dev.proxyless.mesh.architecture.Habits;
import dev.proxyless.mesh.architecture.Jars;
import dev.proxyless.mesh.architecture.Seam;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The starter joins the other modules by what they offer to any application. */
final class ArchitectureTest {

  private static final String MODULE = "dev.proxyless.mesh.spring";
  private static final JavaClasses LIBRARY = Jars.library();

  private static final Seam SEAM =
      Seam.of(
          "spring", "admin.ExplainedRequest", "admin.Explanation", "document.DocumentException");

  @Test
  void whatIsInternalToTheCoreIsUsedByTheSeamAlone() {
    SEAM.isKept().check(LIBRARY);
    SEAM.isNoWiderThanUsed().check(LIBRARY);
  }

  @Test
  void configurationIsTheCoresOwnMatter() {
    SEAM.staysOutOfConfiguration().check(LIBRARY);
  }

  @Test
  void itKnowsNothingOfWhatTheCoreWorksWith() {
    SEAM.knowsNothingOf(
            "io.grpc..",
            "com.google.protobuf..",
            "io.envoyproxy..",
            "software.amazon..",
            "org.bouncycastle..")
        .check(LIBRARY);
  }

  @Test
  void itKeepsToTheHabitsOfTheLibrary() {
    Habits.timeIsMeshTime(MODULE).check(LIBRARY);
    Habits.nothingIsPrinted(MODULE).check(LIBRARY);
    Habits.nothingStaticChanges(MODULE).check(LIBRARY);
  }

  @Test
  void noTwoJarsShareAPackage() {
    assertEquals(List.of(), Jars.sharedPackages(LIBRARY));
  }
}
