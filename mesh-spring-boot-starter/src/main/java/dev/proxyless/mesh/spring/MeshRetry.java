package dev.proxyless.mesh.spring;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import org.springframework.aot.hint.annotation.Reflective;

/**
 * Sets the retry policy of the mesh calls that a method makes, in place of the policies of their
 * routes.
 *
 * <pre>{@code
 * @MeshRetry(retryOn = "5xx", maxRetries = 3, perTryTimeout = "500ms")
 * public Price price(String sku) {
 *   return rest.get().uri("http://prices.apps.local:8000/{sku}", sku).retrieve().body(Price.class);
 * }
 * }</pre>
 *
 * <p>It is the mesh that retries, one HTTP call at a time and on another endpoint where there is
 * one; <b>the method itself runs once</b>. A request whose body can be written only once is not
 * sent a second time.
 *
 * <p>It may stand on the methods and types of beans and on those of HTTP service interfaces
 * ({@code @HttpExchange}); on a type it holds for all of its methods. The nearest one wins: that of
 * a method over that of its type, and that of a method called from here, through its bean, over
 * this one. Like all advice of Spring it acts on calls that come through the bean, not on those
 * within an object.
 *
 * <p>It holds for calls that the method's thread begins before the method returns, those that
 * OkHttp enqueues included. It does not reach calls that other threads make.
 *
 * <p>Texts may have placeholders, such as {@code ${prices.per-try-timeout}}. A value that is wrong
 * keeps the application from starting.
 */
@Target({ElementType.METHOD, ElementType.TYPE})
@Retention(RetentionPolicy.RUNTIME)
@Documented
@Reflective
public @interface MeshRetry {

  /**
   * When to retry, by Envoy's words for {@code retry_on}: {@code 5xx}, {@code gateway-error},
   * {@code connect-failure}, {@code refused-stream}, {@code reset}, {@code reset-before-request},
   * {@code retriable-4xx}, {@code retriable-status-codes}, {@code envoy-ratelimited}, and gRPC's
   * {@code cancelled}, {@code deadline-exceeded}, {@code internal}, {@code resource-exhausted} and
   * {@code unavailable}.
   *
   * <p>The default, {@code gateway-error}, retries a 502, 503 or 504 and, as Envoy does, whatever
   * ends without a response. For requests that must not arrive twice, {@code connect-failure} and
   * {@code refused-stream} are the words for those that nobody took.
   */
  String[] retryOn() default "gateway-error";

  /** Retries after the first try; 0 for none. The default is Envoy's, 1. */
  int maxRetries() default 1;

  /**
   * The bound on each try, such as {@code 500ms} or {@code 2s}. The default, empty, is no bound but
   * the route's time-out, which holds for all tries together.
   */
  String perTryTimeout() default "";

  /**
   * Statuses to retry besides. Where there are any, {@code retriable-status-codes} need not stand
   * in {@link #retryOn}. The default is none.
   */
  int[] retriableStatusCodes() default {};

  /**
   * The longest that the first retry is put off; the bound doubles with each retry and the wait is
   * a random part of it. The default is Envoy's, 25 ms.
   */
  String baseInterval() default "25ms";

  /**
   * The longest that any retry is put off. The default, empty, is ten times {@link #baseInterval}.
   */
  String maxInterval() default "";
}
