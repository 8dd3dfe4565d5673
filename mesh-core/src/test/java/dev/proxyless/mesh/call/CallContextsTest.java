package dev.proxyless.mesh.call;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;

import dev.proxyless.mesh.model.RetryPolicy;
import dev.proxyless.mesh.route.RetryRules;
import dev.proxyless.mesh.telemetry.MeshTracing;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

@SuppressWarnings("try") // scopes act by being open
class CallContextsTest {

  private final CallContexts contexts = new CallContexts(MeshTracing.NONE);
  private final RetryRules outerRules = rules(1);
  private final RetryRules innerRules = rules(2);

  @Test
  void outsideOfEverythingNothingIsTakenAlong() {
    assertSame(CallContext.NONE, contexts.capture());
  }

  @Test
  void callsTakeAlongTheRequestThatIsBeingServed() {
    List<Header> headers = List.of(new Header("x-request-id", "1"));
    try (CallContexts.Scope serving = contexts.serving(42, headers)) {
      assertEquals(CallContext.serving(42, headers), contexts.capture());
    }
    assertSame(CallContext.NONE, contexts.capture());
  }

  @Test
  void scopesNestAndEndInTurn() {
    List<Header> headers = List.of(new Header("a", "1"));
    try (CallContexts.Scope serving = contexts.serving(42, headers)) {
      try (CallContexts.Scope outer = contexts.retrying(outerRules)) {
        assertEquals(
            CallContext.serving(42, headers).retrying(Optional.of(outerRules)), contexts.capture());
        try (CallContexts.Scope inner = contexts.retrying(innerRules)) {
          assertEquals(Optional.of(innerRules), contexts.capture().retryRules());
        }
        assertEquals(Optional.of(outerRules), contexts.capture().retryRules());
        try (CallContexts.Scope forwarded = contexts.serving(7, List.of())) {
          assertEquals(
              CallContext.serving(7, List.of()).retrying(Optional.of(outerRules)),
              contexts.capture());
        }
        assertEquals(42, contexts.capture().deadlineNanos());
      }
      assertEquals(Optional.empty(), contexts.capture().retryRules());
    }
    assertSame(CallContext.NONE, contexts.capture());
  }

  @Test
  void anotherThreadSeesNothingOfIt() {
    try (CallContexts.Scope serving = contexts.serving(42, List.of())) {
      assertSame(CallContext.NONE, CompletableFuture.supplyAsync(contexts::capture).join());
    }
  }

  @Test
  void twoMeshesDoNotMeet() {
    CallContexts other = new CallContexts(MeshTracing.NONE);
    try (CallContexts.Scope serving = contexts.serving(42, List.of())) {
      assertSame(CallContext.NONE, other.capture());
      try (CallContexts.Scope second = other.serving(1, List.of())) {
        assertEquals(42, contexts.capture().deadlineNanos());
      }
    }
  }

  private static RetryRules rules(int retries) {
    return RetryRules.compile(RetryPolicy.of(Set.of(), retries), "");
  }
}
