package dev.proxyless.mesh.spring.shop;

import org.jspecify.annotations.Nullable;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RestController;

/** What the application serves itself. */
@RestController
class Storefront {

  private final OrderService orders;

  Storefront(OrderService orders) {
    this.orders = orders;
  }

  @GetMapping("/storefront")
  @Nullable String storefront() {
    return orders.flaky();
  }
}
