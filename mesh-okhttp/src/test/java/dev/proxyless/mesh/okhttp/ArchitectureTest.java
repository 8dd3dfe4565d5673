package dev.proxyless.mesh.okhttp;

import static org.junit.jupiter.api.Assertions.assertEquals;

import com.tngtech.archunit.core.domain.JavaClasses;
import dev.proxyless.mesh.architecture.Habits;
import dev.proxyless.mesh.architecture.Jars;
import dev.proxyless.mesh.architecture.Seam;
import java.util.List;
import org.junit.jupiter.api.Test;

/** A transport does I/O, and sees of the core what that needs. */
final class ArchitectureTest {

  private static final String MODULE = "dev.proxyless.mesh.okhttp";
  private static final JavaClasses LIBRARY = Jars.library();

  private static final Seam SEAM =
      Seam.of(
          "okhttp",
          "Mesh.contexts",
          "Mesh.time",
          "call.CallContext",
          "call.CallContexts",
          "cluster.Endpoint",
          "model.Cluster.Protocol",
          "model.TlsContext.Version",
          "route.HeaderEdit",
          "route.HeaderEdit.Kind",
          "route.RequestHead",
          "route.ResponseHeaders",
          "tls.ClientTls",
          "tls.ClientTls.Identity");

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
  void ofLibrariesItKnowsItsClientAlone() {
    SEAM.knowsNothingOf(
            "io.grpc..",
            "com.google.protobuf..",
            "io.envoyproxy..",
            "software.amazon..",
            "org.bouncycastle..",
            "org.springframework..",
            "jakarta..",
            "io.micrometer..",
            "io.opentelemetry..",
            "dev.proxyless.mesh.servlet..",
            "dev.proxyless.mesh.spring..")
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
