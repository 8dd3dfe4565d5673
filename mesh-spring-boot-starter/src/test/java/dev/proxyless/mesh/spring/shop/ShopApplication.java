package dev.proxyless.mesh.spring.shop;

import okhttp3.OkHttpClient;
import org.springframework.boot.autoconfigure.SpringBootApplication;
import org.springframework.context.annotation.Bean;
import org.springframework.web.service.registry.ImportHttpServices;

/** An application as its developer would write it: what is meshed about it is in its yaml. */
@SpringBootApplication
@ImportHttpServices(group = "orders", types = OrderClient.class)
class ShopApplication {

  /** The application's own client: it marks what it sends. */
  @Bean
  OkHttpClient okHttpClient() {
    return new OkHttpClient.Builder()
        .addInterceptor(
            chain ->
                chain.proceed(chain.request().newBuilder().header("X-Shop", "storefront").build()))
        .build();
  }
}
