package dev.proxyless.mesh.architecture;

import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.fields;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaAccess;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaConstructor;
import com.tngtech.archunit.core.domain.JavaMember;
import com.tngtech.archunit.lang.ArchRule;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.Timer;
import java.util.concurrent.Executor;
import java.util.concurrent.Executors;
import java.util.concurrent.ThreadLocalRandom;

/** What every module of the library keeps to, whatever it is for. */
public final class Habits {

  private static final Set<Class<?>> UNTOUCHED =
      Set.of(Executors.class, ThreadLocalRandom.class, Timer.class);

  private static final Set<Class<?>> NOT_MADE = Set.of(Thread.class, Executor.class, Random.class);

  private static final Map<String, Set<String>> NOT_CALLED =
      Map.of(
          "java.lang.System", Set.of("nanoTime", "currentTimeMillis"),
          "java.lang.Thread", Set.of("sleep"),
          "java.util.concurrent.TimeUnit", Set.of("sleep"),
          "java.lang.Math", Set.of("random"),
          "java.time.Instant", Set.of("now"),
          "java.time.Clock", Set.of("systemUTC", "systemDefaultZone", "system"));

  private Habits() {}

  /** Clock, waiting, threads and randomness come from a MeshTime, so that tests own them. */
  public static ArchRule timeIsMeshTime(String root) {
    return noClasses()
        .that(resideInAPackage(root + ".."))
        .and()
        .resideOutsideOfPackage(root + ".time")
        .should()
        .accessTargetWhere(
            new DescribedPredicate<JavaAccess<?>>("it is a clock, a thread or a source of chance") {
              @Override
              public boolean test(JavaAccess<?> access) {
                return isTime(access);
              }
            })
        .because("one MeshTime gives now, timers, threads and randomness");
  }

  private static boolean isTime(JavaAccess<?> access) {
    JavaClass owner = access.getTargetOwner();
    if (UNTOUCHED.stream().anyMatch(owner::isEquivalentTo)
        || NOT_CALLED.getOrDefault(owner.getName(), Set.of()).contains(access.getName())) {
      return true;
    }
    return access.getName().equals(JavaConstructor.CONSTRUCTOR_NAME)
        && (owner.isEquivalentTo(java.util.Date.class)
            || (owner.getPackageName().startsWith("java.")
                && NOT_MADE.stream().anyMatch(owner::isAssignableTo)));
  }

  /** A library says what it has to say to a logger. */
  public static ArchRule nothingIsPrinted(String root) {
    return noClasses()
        .that(resideInAPackage(root + ".."))
        .should()
        .accessTargetWhere(
            new DescribedPredicate<JavaAccess<?>>("it is the console") {
              @Override
              public boolean test(JavaAccess<?> access) {
                return (access.getTargetOwner().isEquivalentTo(System.class)
                        && Set.of("out", "err").contains(access.getName()))
                    || (access.getTargetOwner().isAssignableTo(Throwable.class)
                        && access.getName().equals("printStackTrace"));
              }
            });
  }

  /** Two meshes in one JVM do not meet. */
  public static ArchRule nothingStaticChanges(String root) {
    return fields()
        .that()
        .areStatic()
        .and(
            new DescribedPredicate<JavaMember>("are declared below " + root) {
              @Override
              public boolean test(JavaMember field) {
                String name = field.getOwner().getPackageName();
                return name.equals(root) || name.startsWith(root + ".");
              }
            })
        .should()
        .beFinal()
        .because("two meshes in one JVM do not meet");
  }
}
