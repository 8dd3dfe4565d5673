package dev.proxyless.mesh.spring.shop;

import dev.proxyless.mesh.spring.MeshRetry;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Service;
import org.springframework.web.client.RestClient;

/** A bean that calls "orders" with a RestClient. */
@Service
class OrderService {

  private final RestClient rest;
  private final AtomicInteger runs = new AtomicInteger();

  OrderService(RestClient.Builder builder) {
    rest = builder.baseUrl("http://orders.shop.local:8000").build();
  }

  @Nullable String version() {
    return rest.get().uri("/version").retrieve().body(String.class);
  }

  @Nullable String flaky() {
    runs.incrementAndGet();
    return rest.get().uri("/flaky").retrieve().body(String.class);
  }

  @MeshRetry(maxRetries = 2)
  @Nullable String retried() {
    return flaky();
  }

  /** How often the body of {@link #flaky} has run. */
  int runs() {
    return runs.get();
  }
}
