package dev.proxyless.mesh.architecture;

import static com.tngtech.archunit.core.domain.JavaClass.Predicates.equivalentTo;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;

import com.tngtech.archunit.core.domain.Dependency;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaCodeUnit;
import com.tngtech.archunit.core.domain.JavaModifier;
import com.tngtech.archunit.lang.ArchCondition;
import com.tngtech.archunit.lang.ArchRule;
import com.tngtech.archunit.lang.ConditionEvents;
import com.tngtech.archunit.lang.SimpleConditionEvent;
import dev.proxyless.mesh.Internal;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;

/**
 * Which room of mesh-core may see which library, so that the rest works without it and a major
 * version of it is one room's matter.
 *
 * @param rooms the rooms to hold
 */
record Libraries(Rooms rooms) {

  private static final Map<String, List<String>> SEEN_IN =
      Map.of(
          "io.grpc.", List.of("xds"),
          "software.amazon.", List.of("discovery", "tls"),
          "org.bouncycastle.", List.of("tls"),
          "io.github.resilience4j.", List.of("cluster"),
          "com.google.re2j.", List.of("route"),
          "org.yaml.snakeyaml.", List.of("document"),
          "io.micrometer.", List.of("telemetry"),
          "io.opentelemetry.", List.of("telemetry"));

  /** Types that an application hands in by their own name: they are the point. */
  private static final Set<String> HANDED_IN =
      Set.of("io.micrometer.core.instrument.MeterRegistry", "io.opentelemetry.api.OpenTelemetry");

  private static final List<String> EVERYWHERE =
      List.of("java.", "javax.crypto.", "javax.net.", "javax.security.", "org.jspecify.");

  /** A library is seen in its rooms alone, and one that has no room is seen nowhere. */
  ArchRule areSeenInTheirRoomsAlone() {
    return classes()
        .that(resideInAPackage(rooms.root() + ".."))
        .should(condition("use a library in its rooms alone", this::check));
  }

  private void check(JavaClass type, ConditionEvents events) {
    for (Dependency dependency : type.getDirectDependenciesFromSelf()) {
      JavaClass target = dependency.getTargetClass().getBaseComponentType();
      String name = target.getName();
      String room = rooms.roomOf(type);
      if (target.isPrimitive()
          || rooms.holds(target)
          || target.isEquivalentTo(Internal.class)
          || startsWithAny(name, EVERYWHERE)
          || name.startsWith("org.slf4j.")
          || (room.isEmpty() && HANDED_IN.contains(name))) {
        continue;
      }
      List<String> seenIn =
          SEEN_IN.entrySet().stream()
              .filter(each -> name.startsWith(each.getKey()))
              .map(Map.Entry::getValue)
              .findFirst()
              .orElse(List.of());
      if (!seenIn.contains(room)) {
        String where = seenIn.isEmpty() ? "no room may see" : "only " + seenIn + " may see";
        events.add(
            SimpleConditionEvent.violated(type, where + " it: " + dependency.getDescription()));
      }
    }
  }

  /** What a control plane said can be read and written with nothing but the JDK. */
  ArchRule theModelNeedsTheJdkAlone() {
    return classes()
        .that(resideInAPackage(rooms.root() + ".model"))
        .should()
        .onlyDependOnClassesThat(
            resideInAnyPackage(rooms.root() + ".model", "java..", "org.jspecify..")
                .or(equivalentTo(Internal.class))
                .as("are of the model or the JDK"));
  }

  /** No type of a library stands in a public signature, except those that are the point. */
  ArchRule doNotStandInPublicSignatures() {
    return classes()
        .that(resideInAPackage(rooms.root() + ".."))
        .and()
        .arePublic()
        .should(condition("show no type of a library", this::checkSignatures));
  }

  private void checkSignatures(JavaClass type, ConditionEvents events) {
    for (JavaCodeUnit member : type.getCodeUnits()) {
      Set<JavaModifier> modifiers = member.getModifiers();
      if (!modifiers.contains(JavaModifier.PUBLIC) && !modifiers.contains(JavaModifier.PROTECTED)) {
        continue;
      }
      Stream.concat(
              member.getReturnType().getAllInvolvedRawTypes().stream(),
              Stream.concat(
                  member.getParameterTypes().stream()
                      .flatMap(each -> each.getAllInvolvedRawTypes().stream()),
                  member.getExceptionTypes().stream()))
          .map(JavaClass::getBaseComponentType)
          .filter(each -> !each.isPrimitive() && !rooms.holds(each))
          .filter(each -> !startsWithAny(each.getName(), EVERYWHERE))
          .filter(each -> !isHandedIn(type, each))
          .forEach(
              each ->
                  events.add(
                      SimpleConditionEvent.violated(
                          type, member.getFullName() + " shows " + each.getName())));
    }
  }

  /** What the root takes, the room that works with it takes too. */
  private boolean isHandedIn(JavaClass type, JavaClass shown) {
    return Set.of("", "telemetry").contains(rooms.roomOf(type))
        && HANDED_IN.contains(shown.getName());
  }

  private static boolean startsWithAny(String name, List<String> prefixes) {
    return prefixes.stream().anyMatch(name::startsWith);
  }

  private interface Check {
    void accept(JavaClass type, ConditionEvents events);
  }

  private static ArchCondition<JavaClass> condition(String description, Check check) {
    return new ArchCondition<>(description) {
      @Override
      public void check(JavaClass type, ConditionEvents events) {
        check.accept(type, events);
      }
    };
  }
}
