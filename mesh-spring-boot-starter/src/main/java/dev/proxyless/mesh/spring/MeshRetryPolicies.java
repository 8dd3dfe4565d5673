package dev.proxyless.mesh.spring;

import dev.proxyless.mesh.RetryOptions;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.time.Duration;
import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.aop.support.AopUtils;
import org.springframework.boot.convert.DurationStyle;
import org.springframework.core.MethodClassKey;
import org.springframework.core.annotation.AnnotatedElementUtils;
import org.springframework.core.annotation.AnnotationUtils;
import org.springframework.resilience.annotation.Retryable;
import org.springframework.util.ClassUtils;
import org.springframework.util.ReflectionUtils;
import org.springframework.util.StringUtils;

/**
 * The retry policy of each method, as {@link MeshRetry} sets it. Safe for use by several threads.
 */
final class MeshRetryPolicies {

  private static final Logger log = LoggerFactory.getLogger(MeshRetryPolicies.class);

  private final UnaryOperator<@Nullable String> placeholders;
  private final Map<Class<?>, Boolean> scanned = new ConcurrentHashMap<>();
  private final Map<MethodClassKey, Optional<RetryOptions>> policies = new ConcurrentHashMap<>();

  MeshRetryPolicies(UnaryOperator<@Nullable String> placeholders) {
    this.placeholders = placeholders;
  }

  /**
   * Whether any method of a type has a policy. Policies are made here, so that a wrong one is told
   * when the application starts.
   */
  boolean hasAny(Class<?> type) {
    return scanned.computeIfAbsent(type, this::scan);
  }

  private boolean scan(Class<?> type) {
    boolean any = false;
    for (Class<?> each : userTypes(type)) {
      if (AnnotationUtils.isCandidateClass(each, MeshRetry.class)) {
        for (Method method : ReflectionUtils.getAllDeclaredMethods(each)) {
          any |= isEffective(method) && of(method, each).isPresent();
        }
      }
    }
    return any;
  }

  private static Set<Class<?>> userTypes(Class<?> type) {
    Set<Class<?>> types = new LinkedHashSet<>(ClassUtils.getAllInterfacesForClassAsSet(type));
    if (!java.lang.reflect.Proxy.isProxyClass(type)) {
      types.add(ClassUtils.getUserClass(type));
    }
    return types;
  }

  /** Whether calls of a method come through a proxy. */
  private static boolean isEffective(Method method) {
    if (method.isSynthetic() || method.getDeclaringClass() == Object.class) {
      return false;
    }
    int modifiers = method.getModifiers();
    boolean fixed =
        Modifier.isPrivate(modifiers)
            || Modifier.isStatic(modifiers)
            || Modifier.isFinal(modifiers);
    if (fixed && AnnotatedElementUtils.isAnnotated(method, MeshRetry.class)) {
      log.warn(
          "@MeshRetry on {} does nothing: a private, static or final method is not called through its"
              + " bean",
          name(method));
    }
    return !fixed;
  }

  /** The policy of a method when called on a type. */
  Optional<RetryOptions> of(Method method, Class<?> type) {
    return policies.computeIfAbsent(
        new MethodClassKey(method, type), unknown -> resolve(method, type));
  }

  private Optional<RetryOptions> resolve(Method method, Class<?> type) {
    Method specific = AopUtils.getMostSpecificMethod(method, type);
    MeshRetry retry = find(specific, type, MeshRetry.class);
    if (retry == null) {
      return Optional.empty();
    }
    Retryable retryable = find(specific, type, Retryable.class);
    if (retryable != null) {
      log.warn(
          "{} has both @Retryable and @MeshRetry: each of up to {} runs of the method may make up to"
              + " {} tries of each call; keep one of them",
          name(specific),
          retryable.maxRetries() + 1,
          retry.maxRetries() + 1L);
    }
    return Optional.of(options(retry, specific));
  }

  private static <A extends java.lang.annotation.Annotation> @Nullable A find(
      Method method, Class<?> type, Class<A> annotation) {
    A found = AnnotatedElementUtils.findMergedAnnotation(method, annotation);
    if (found == null) {
      found = AnnotatedElementUtils.findMergedAnnotation(type, annotation);
    }
    return found == null
        ? AnnotatedElementUtils.findMergedAnnotation(method.getDeclaringClass(), annotation)
        : found;
  }

  private RetryOptions options(MeshRetry retry, Method method) {
    try {
      Duration base = duration("baseInterval", retry.baseInterval());
      String max = text(retry.maxInterval());
      String perTry = text(retry.perTryTimeout());
      RetryOptions.Builder builder =
          RetryOptions.builder()
              .retryOn(
                  Arrays.stream(retry.retryOn())
                      .flatMap(each -> StringUtils.commaDelimitedListToSet(text(each)).stream())
                      .map(String::trim)
                      .toArray(String[]::new))
              .numRetries(retry.maxRetries())
              .retriableStatusCodes(Arrays.stream(retry.retriableStatusCodes()).boxed().toList())
              .backOff(base, max.isEmpty() ? base.multipliedBy(10) : duration("maxInterval", max));
      if (!perTry.isEmpty()) {
        builder.perTryTimeout(duration("perTryTimeout", perTry));
      }
      return builder.build();
    } catch (IllegalArgumentException wrong) {
      throw new MeshConfigurationException(
          "@MeshRetry of " + name(method) + " is wrong: " + wrong.getMessage() + ".",
          "Correct the annotation, or the properties that it names.",
          wrong);
    }
  }

  private String text(String value) {
    String resolved = placeholders.apply(value);
    return resolved == null ? "" : resolved.trim();
  }

  private Duration duration(String attribute, String value) {
    String text = text(value);
    try {
      return DurationStyle.detectAndParse(text);
    } catch (IllegalArgumentException notDuration) {
      throw new IllegalArgumentException(
          attribute + " is \"" + text + "\"; right would be a duration such as 500ms or 2s",
          notDuration);
    }
  }

  private static String name(Method method) {
    return ClassUtils.getQualifiedMethodName(method);
  }
}
