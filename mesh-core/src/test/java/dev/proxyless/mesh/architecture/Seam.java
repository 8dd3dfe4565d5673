package dev.proxyless.mesh.architecture;

import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

import com.tngtech.archunit.core.domain.Dependency;
import com.tngtech.archunit.core.domain.JavaAccess;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaCodeUnit;
import com.tngtech.archunit.core.domain.properties.CanBeAnnotated;
import com.tngtech.archunit.lang.ArchCondition;
import com.tngtech.archunit.lang.ArchRule;
import com.tngtech.archunit.lang.ConditionEvents;
import com.tngtech.archunit.lang.SimpleConditionEvent;
import dev.proxyless.mesh.Internal;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Predicate;
import java.util.stream.Stream;

/**
 * What a module may see of the others: all that is not {@link Internal}, and of what is, the types
 * and members that make up its seam.
 *
 * @param root the package that holds the core
 * @param module the package of the module
 * @param seam names of internal types below the root, as {@code tls.ClientTls}, and of internal
 *     members, as {@code Mesh.time}
 */
public record Seam(String root, String module, Set<String> seam) {

  /** The seam of a module of the library, {@code okhttp} for instance. */
  public static Seam of(String module, String... seam) {
    return new Seam(Rooms.MESH, Rooms.MESH + "." + module, Set.of(seam));
  }

  /** Another's internal types and members are used only where the seam names them. */
  public ArchRule isKept() {
    return classes()
        .that(resideInAPackage(module + ".."))
        .should(
            new ArchCondition<>("use of what is internal to others no more than " + seam) {
              @Override
              public void check(JavaClass type, ConditionEvents events) {
                uses(type)
                    .filter(use -> !seam.contains(use.name()))
                    .forEach(
                        use ->
                            events.add(
                                SimpleConditionEvent.violated(
                                    type, use.name() + " is internal: " + use.how())));
              }
            });
  }

  /** What the seam names is used: a seam is no wider than it has to be. */
  public ArchRule isNoWiderThanUsed() {
    return classes()
        .that(resideInAPackage(module + ".."))
        .should(
            new ArchCondition<>("use all of " + seam) {
              private final Set<String> unused = new TreeSet<>(seam);

              @Override
              public void check(JavaClass type, ConditionEvents events) {
                uses(type).forEach(use -> unused.remove(use.name()));
              }

              @Override
              public void finish(ConditionEvents events) {
                unused.forEach(
                    each ->
                        events.add(
                            SimpleConditionEvent.violated(
                                each, each + " is in the seam of " + module + " and not used")));
              }
            });
  }

  /** Packages that the module knows nothing of, as {@code org.springframework..}. */
  public ArchRule knowsNothingOf(String... packages) {
    return noClasses()
        .that(resideInAPackage(module + ".."))
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage(packages);
  }

  /** Rooms of the core that no module enters: configuration is the core's own matter. */
  public ArchRule staysOutOfConfiguration() {
    return knowsNothingOf(
        Stream.of("xds", "proto", "appmesh", "discovery", "snapshot", "file")
            .map(room -> root + "." + room + "..")
            .toArray(String[]::new));
  }

  private record Use(String name, String how) {}

  private Stream<Use> uses(JavaClass type) {
    Stream<Use> types =
        type.getDirectDependenciesFromSelf().stream()
            .filter(dependency -> isForeign(target(dependency)) && isInternal(dependency))
            .map(each -> new Use(shortName(target(each)), each.getDescription()));
    Stream<Use> members =
        Stream.<JavaAccess<?>>concat(
                type.getCodeUnitCallsFromSelf().stream(),
                type.getCodeUnitReferencesFromSelf().stream())
            .filter(access -> isForeign(access.getTargetOwner()) && isInternalMember(access))
            .map(
                each ->
                    new Use(
                        shortName(each.getTargetOwner()) + "." + each.getName(),
                        each.getDescription()));
    return Stream.concat(types, members);
  }

  private boolean isForeign(JavaClass target) {
    String name = target.getPackageName();
    return (name.equals(root) || name.startsWith(root + "."))
        && !name.equals(module)
        && !name.startsWith(module + ".");
  }

  private static boolean isInternal(Dependency dependency) {
    JavaClass target = target(dependency);
    return target.getPackage().isAnnotatedWith(Internal.class)
        || Stream.iterate(
                Optional.of(target), Optional::isPresent, each -> each.get().getEnclosingClass())
            .anyMatch(each -> each.get().isAnnotatedWith(Internal.class));
  }

  private static boolean isInternalMember(JavaAccess<?> access) {
    Predicate<CanBeAnnotated> marked = member -> member.isAnnotatedWith(Internal.class);
    return access.getTarget().resolveMember().filter(JavaCodeUnit.class::isInstance).stream()
        .anyMatch(member -> marked.test((JavaCodeUnit) member));
  }

  private static JavaClass target(Dependency dependency) {
    return dependency.getTargetClass().getBaseComponentType();
  }

  private String shortName(JavaClass type) {
    return type.getName().substring(root.length() + 1).replace('$', '.');
  }
}
