package dev.proxyless.mesh.spring.shop;

import dev.proxyless.mesh.spring.MeshRetry;
import org.springframework.web.service.annotation.GetExchange;

/** The service "orders" as an HTTP service client. */
interface OrderClient {

  @GetExchange("/version")
  String version();

  @GetExchange("/flaky")
  String flaky();

  @GetExchange("/flaky")
  @MeshRetry(maxRetries = 2)
  String retried();
}
