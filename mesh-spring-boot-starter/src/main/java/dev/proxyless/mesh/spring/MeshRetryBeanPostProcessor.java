package dev.proxyless.mesh.spring;

import dev.proxyless.mesh.Mesh;
import dev.proxyless.mesh.RetryOptions;
import java.lang.reflect.UndeclaredThrowableException;
import java.util.function.Supplier;
import org.aopalliance.intercept.MethodInterceptor;
import org.aopalliance.intercept.MethodInvocation;
import org.jspecify.annotations.Nullable;
import org.springframework.aop.ProxyMethodInvocation;
import org.springframework.aop.framework.AopProxyUtils;
import org.springframework.aop.framework.autoproxy.AbstractBeanFactoryAwareAdvisingPostProcessor;
import org.springframework.aop.support.AopUtils;
import org.springframework.aop.support.DefaultPointcutAdvisor;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.context.EmbeddedValueResolverAware;
import org.springframework.util.StringValueResolver;
import org.springframework.util.function.SingletonSupplier;

/**
 * Runs the methods of beans under the retry policy that {@link MeshRetry} sets for them. A proxy of
 * an HTTP service interface is advised like any other bean.
 */
final class MeshRetryBeanPostProcessor extends AbstractBeanFactoryAwareAdvisingPostProcessor
    implements EmbeddedValueResolverAware {

  private static final long serialVersionUID = 1L;

  private final transient MeshRetryPolicies policies = new MeshRetryPolicies(this::resolve);
  private transient @Nullable StringValueResolver resolver;

  @SuppressWarnings("this-escape")
  MeshRetryBeanPostProcessor(ObjectProvider<Mesh> mesh) {
    advisor = new DefaultPointcutAdvisor(new Interceptor(policies, mesh));
    // The last advisor of a service interface's proxy makes the call and goes no further.
    setBeforeExistingAdvisors(true);
    // Before @Retryable's and @Async's, which so come to stand around this one: a method that runs
    // on another thread has its policy there.
    setOrder(LOWEST_PRECEDENCE - 2);
  }

  @Override
  public void setEmbeddedValueResolver(StringValueResolver embedded) {
    resolver = embedded;
  }

  private @Nullable String resolve(@Nullable String text) {
    return resolver == null || text == null ? text : resolver.resolveStringValue(text);
  }

  @Override
  protected boolean isEligible(Class<?> targetClass) {
    return policies.hasAny(targetClass);
  }

  private static final class Interceptor implements MethodInterceptor {
    private final MeshRetryPolicies policies;
    private final Supplier<Mesh> mesh;

    Interceptor(MeshRetryPolicies policies, ObjectProvider<Mesh> mesh) {
      this.policies = policies;
      this.mesh = SingletonSupplier.of(mesh::getObject);
    }

    @Override
    public @Nullable Object invoke(MethodInvocation invocation) throws Throwable {
      RetryOptions options = policies.of(invocation.getMethod(), type(invocation)).orElse(null);
      return options == null
          ? invocation.proceed()
          : mesh.get().withRetry(options, () -> proceed(invocation));
    }

    private static @Nullable Object proceed(MethodInvocation invocation) throws Exception {
      try {
        return invocation.proceed();
      } catch (Exception | Error failure) {
        throw failure;
      } catch (Throwable neither) {
        throw new UndeclaredThrowableException(neither);
      }
    }

    /** The bean's class; of a proxy without one, the interface that the method is called on. */
    private static Class<?> type(MethodInvocation invocation) {
      Object target = invocation.getThis();
      if (target != null) {
        return AopUtils.getTargetClass(target);
      }
      Class<?> declaring = invocation.getMethod().getDeclaringClass();
      if (invocation instanceof ProxyMethodInvocation proxied) {
        for (Class<?> each : AopProxyUtils.proxiedUserInterfaces(proxied.getProxy())) {
          if (declaring.isAssignableFrom(each)) {
            return each;
          }
        }
      }
      return declaring;
    }
  }
}
