package dev.proxyless.mesh.jdktransport;

import com.tngtech.archunit.core.domain.JavaClasses;
import dev.proxyless.mesh.architecture.Habits;
import dev.proxyless.mesh.architecture.Jars;
import dev.proxyless.mesh.architecture.Seam;
import org.junit.jupiter.api.Test;

/** Another transport needs no more of the core than the first one. */
final class ArchitectureTest {

  private static final String MODULE = "dev.proxyless.mesh.jdktransport";
  private static final JavaClasses LIBRARY = Jars.library();

  private static final Seam SEAM =
      Seam.of(
          "jdktransport",
          "Mesh.contexts",
          "Mesh.time",
          "call.CallContexts",
          "cluster.Endpoint",
          "model.Cluster.Protocol",
          "route.HeaderEdit",
          "route.HeaderEdit.Kind",
          "route.RequestHead",
          "route.ResponseHeaders");

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
  void ofLibrariesItKnowsNone() {
    SEAM.knowsNothingOf(
            "okhttp3..",
            "okio..",
            "io.grpc..",
            "io.micrometer..",
            "io.opentelemetry..",
            "software.amazon..",
            "org.bouncycastle..",
            "dev.proxyless.mesh.okhttp..")
        .check(LIBRARY);
  }

  @Test
  void itKeepsToTheHabitsOfTheLibrary() {
    Habits.timeIsMeshTime(MODULE).check(LIBRARY);
    Habits.nothingIsPrinted(MODULE).check(LIBRARY);
    Habits.nothingStaticChanges(MODULE).check(LIBRARY);
  }
}
