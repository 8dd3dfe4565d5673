package dev.proxyless.mesh.servlet;

import static org.junit.jupiter.api.Assertions.assertEquals;

import com.tngtech.archunit.core.domain.JavaClasses;
import dev.proxyless.mesh.architecture.Habits;
import dev.proxyless.mesh.architecture.Jars;
import dev.proxyless.mesh.architecture.Seam;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The inbound side sees of the core what it shares with the outbound side, and no framework. */
final class ArchitectureTest {

  private static final String MODULE = "dev.proxyless.mesh.servlet";
  private static final JavaClasses LIBRARY = Jars.library();

  private static final Seam SEAM =
      Seam.of(
          "servlet",
          "Mesh.contexts",
          "Mesh.telemetry",
          "Mesh.time",
          "authz.Access",
          "authz.Access.Peer",
          "authz.Authorization",
          "authz.Authorizer",
          "authz.RequestPath",
          "call.CallContexts",
          "call.CallContexts.Scope",
          "call.Inbound",
          "call.ServedRetries",
          "model.Rbac",
          "telemetry.AccessLog",
          "telemetry.AccessLog.Entry",
          "telemetry.MeshMeters",
          "telemetry.MeshMeters.ServerMeters",
          "telemetry.MeshMeters.ServerTlsMode",
          "telemetry.MeshTracing",
          "telemetry.MeshTracing.Scope",
          "telemetry.MeshTracing.ServerSpan",
          "telemetry.Telemetry",
          "tls.PeerIdentity");

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
  void itKnowsServletsAndNoFramework() {
    SEAM.knowsNothingOf(
            "io.grpc..",
            "com.google.protobuf..",
            "io.envoyproxy..",
            "software.amazon..",
            "org.bouncycastle..",
            "org.springframework..",
            "io.micrometer..",
            "io.opentelemetry..",
            "okhttp3..",
            "dev.proxyless.mesh.okhttp..",
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
