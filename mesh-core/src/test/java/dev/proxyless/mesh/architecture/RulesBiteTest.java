package dev.proxyless.mesh.architecture;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.lang.ArchRule;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Each rule is broken by a class of the fixture, and says by which. */
final class RulesBiteTest {

  private static final String ROOT = Rooms.MESH + ".architecture.fixture";
  private static final JavaClasses FIXTURE = new ClassFileImporter().importPackages(ROOT);
  private static final Rooms ROOMS = new Rooms(ROOT);
  private static final Seam SEAM = new Seam(ROOT, ROOT + ".module", Set.of());

  @Test
  void anArrowThatIsNotInTheTableIsFound() {
    List<String> found = violations(ROOMS.arrowsOf("route"));
    assertFound(found, "RouteThatCalls.route(", "calls method <" + ROOT + ".call.Caller.call()>");
    assertFound(found, "RouteThatCalls.front(", "has parameter of type <" + ROOT + ".Front>");
    assertNotFound(found, "Meter.count()");
    assertEquals(3, found.size(), found::toString);
  }

  @ParameterizedTest
  @ValueSource(strings = {"stray.Stray", "route.deep.Nested"})
  void aPackageThatNoRuleNamesIsFound(String name) {
    List<String> found = violations(ROOMS.everyPackageIsARoom());
    assertFound(found, "Class <" + ROOT + "." + name + "> does not reside in any package");
    assertNotFound(found, "Caller");
  }

  @ParameterizedTest
  @CsvSource({
    "io.grpc.Status, only [xds] may see",
    "software.amazon.awssdk.regions.Region, 'only [discovery, tls] may see'",
    "org.bouncycastle.asn1.ASN1Object, only [tls] may see",
    "io.github.resilience4j.bulkhead.Bulkhead, only [cluster] may see",
    "com.google.re2j.Pattern, only [route] may see",
    "io.micrometer.core.instrument.Counter, only [telemetry] may see",
    "io.opentelemetry.api.trace.Span, only [telemetry] may see",
    "org.yaml.snakeyaml.Yaml, only [document] may see",
    "com.google.common.collect.ImmutableList, no room may see",
  })
  void aLibraryOutsideItsRoomsIsFound(String type, String complaint) {
    List<String> found = violations(new Libraries(ROOMS).areSeenInTheirRoomsAlone());
    assertFound(found, complaint + " it: Field <" + ROOT + ".call.SeesEverything.", type);
  }

  @Test
  void theRootTakesARegistryAndSeesNothingMoreOfItsLibrary() {
    List<String> found = violations(new Libraries(ROOMS).areSeenInTheirRoomsAlone());
    assertFound(found, "only [telemetry] may see it", "Front.counter()", "Counter");
    assertNotFound(found, "MeterRegistry");
    assertNotFound(found, ROOT + ".telemetry.Meter");
    assertNotFound(found, "ShowsItsChannel");
  }

  @ParameterizedTest
  @ValueSource(strings = {"org.slf4j.Logger", ROOT + ".telemetry.Meter"})
  void aModelThatNeedsMoreThanTheJdkIsFound(String type) {
    assertFound(violations(new Libraries(ROOMS).theModelNeedsTheJdkAlone()), "ModelThatLogs", type);
  }

  @Test
  void aLibraryInAPublicSignatureIsFound() {
    assertEquals(
        List.of(
            ROOT + ".Front.counter() shows io.micrometer.core.instrument.Counter",
            ROOT + ".xds.ShowsItsChannel.channels() shows io.grpc.Channel"),
        violations(new Libraries(ROOMS).doNotStandInPublicSignatures()));
  }

  @ParameterizedTest
  @CsvSource({
    "nanoTime(), System.nanoTime()",
    "nanoTimeByReference(), System.nanoTime()",
    "currentTimeMillis(), System.currentTimeMillis()",
    "now(), java.time.Instant.now()",
    "clock(), java.time.Clock.systemUTC()",
    "date(), java.util.Date.<init>()",
    "threadLocalRandom(), ThreadLocalRandom.current()",
    "mathRandom(), java.lang.Math.random()",
    "newRandom(), java.util.Random.<init>()",
    "sleep(), java.lang.Thread.sleep(long)",
    "sleepInUnits(), java.util.concurrent.TimeUnit.sleep(long)",
    "executors(), java.util.concurrent.Executors.newSingleThreadExecutor()",
    "pool(), java.util.concurrent.ThreadPoolExecutor.<init>(",
    "newThread(), java.lang.Thread.<init>(java.lang.Runnable)",
    "ThreadOfItsOwn.<init>(), java.lang.Thread.<init>()",
  })
  void timeOutsideItsRoomIsFound(String where, String what) {
    List<String> found = violations(Habits.timeIsMeshTime(ROOT));
    assertFound(found, "OwnTime", where + ">", what);
    assertNotFound(found, "TheClock");
  }

  @ParameterizedTest
  @ValueSource(strings = {"prints()", "printsErrors()", "printsTraces(java.lang.Exception)"})
  void whatPrintsIsFound(String method) {
    assertFound(violations(Habits.nothingIsPrinted(ROOT)), "OwnTime." + method);
  }

  @Test
  void aStaticFieldThatChangesIsFound() {
    List<String> found = violations(Habits.nothingStaticChanges(ROOT));
    assertFound(found, "Field <" + ROOT + ".cluster.OwnTime.count>");
    assertEquals(1, found.size(), found::toString);
  }

  @ParameterizedTest
  @CsvSource({
    "call.Half.closed, member()",
    "secret.Hidden, packageOfTheType()",
    "secret.Hidden.Part, part(",
    "call.Half.Closed, arrays()",
  })
  void whatIsInternalToOthersIsFound(String what, String where) {
    List<String> found = violations(SEAM.isKept());
    assertFound(found, what + " is internal: ", "Reaching." + where);
    assertNotFound(found, "allowed()");
  }

  @Test
  void whatTheSeamNamesIsAllowed() {
    Seam wide =
        new Seam(
            ROOT,
            ROOT + ".module",
            Set.of("call.Half.Closed", "call.Half.closed", "secret.Hidden", "secret.Hidden.Part"));
    assertEquals(List.of(), violations(wide.isKept()));
    assertEquals(List.of(), violations(wide.isNoWiderThanUsed()));
  }

  @Test
  void aSeamThatIsWiderThanUsedIsFound() {
    Seam wide = new Seam(ROOT, ROOT + ".module", Set.of("call.Half.closed", "call.Caller"));
    assertEquals(
        List.of("call.Caller is in the seam of " + ROOT + ".module and not used"),
        violations(wide.isNoWiderThanUsed()));
  }

  @Test
  void aModuleThatEntersTheRoomsOfConfigurationIsFound() {
    assertFound(
        violations(SEAM.staysOutOfConfiguration()), "Reaching.configuration()", "ShowsItsChannel");
  }

  @Test
  void aModuleThatKnowsTooMuchIsFound() {
    assertFound(violations(SEAM.knowsNothingOf(ROOT + ".secret..")), "Reaching.part(", "Hidden");
  }

  /** Tests of mesh-core stand in the packages that they test, in a directory of their own. */
  @Test
  void aPackageInTwoPlacesIsFound() {
    List<String> found =
        Jars.sharedPackages(new ClassFileImporter().importPackages(Rooms.MESH + ".route"));
    assertFound(found, Rooms.MESH + ".route is in [", "test-classes");
  }

  private static List<String> violations(ArchRule rule) {
    return rule.evaluate(FIXTURE).getFailureReport().getDetails().stream().sorted().toList();
  }

  private static void assertFound(List<String> violations, String... parts) {
    assertTrue(
        violations.stream().anyMatch(each -> List.of(parts).stream().allMatch(each::contains)),
        () -> "none names " + List.of(parts) + ":\n" + String.join("\n", violations));
  }

  private static void assertNotFound(List<String> violations, String part) {
    assertFalse(
        violations.stream().anyMatch(each -> each.contains(part)),
        () -> "one names " + part + ":\n" + String.join("\n", violations));
  }
}
