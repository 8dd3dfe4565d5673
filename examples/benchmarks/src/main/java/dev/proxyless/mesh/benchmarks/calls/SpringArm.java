package dev.proxyless.mesh.benchmarks.calls;

import java.io.IOException;
import java.util.List;
import okhttp3.OkHttpClient;
import okhttp3.Request;
import org.springframework.cloud.client.DefaultServiceInstance;
import org.springframework.cloud.client.ServiceInstance;
import org.springframework.cloud.client.loadbalancer.Response;
import org.springframework.cloud.loadbalancer.core.RoundRobinLoadBalancer;
import org.springframework.cloud.loadbalancer.core.ServiceInstanceListSupplier;
import org.springframework.cloud.loadbalancer.support.SimpleObjectProvider;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/** Spring Cloud LoadBalancer picks an instance, and plain OkHttp calls it. */
final class SpringArm implements Arm {

  private static final String SERVICE = "service";

  private final OkHttpClient client = OkHttpArm.client().build();
  private final Request request = OkHttpArm.request("http://" + SERVICE + "/path");
  private final RoundRobinLoadBalancer balancer;
  private final PlainMeters meters;

  SpringArm(List<String> endpoints, PlainMeters meters) {
    this.meters = meters;
    List<ServiceInstance> instances =
        endpoints.stream()
            .<ServiceInstance>map(
                each -> {
                  int colon = each.lastIndexOf(':');
                  return new DefaultServiceInstance(
                      each,
                      SERVICE,
                      each.substring(0, colon),
                      Integer.parseInt(each.substring(colon + 1)),
                      false);
                })
            .toList();
    ServiceInstanceListSupplier supplier =
        new ServiceInstanceListSupplier() {
          @Override
          public String getServiceId() {
            return SERVICE;
          }

          @Override
          public Flux<List<ServiceInstance>> get() {
            return Flux.just(instances);
          }
        };
    balancer = new RoundRobinLoadBalancer(new SimpleObjectProvider<>(supplier), SERVICE);
  }

  @Override
  public void call() throws IOException {
    Response<ServiceInstance> chosen = Mono.from(balancer.choose()).block();
    ServiceInstance to = chosen == null ? null : chosen.getServer();
    if (to == null) {
      throw new IOException("no instance was chosen");
    }
    Request sent =
        request
            .newBuilder()
            .url(request.url().newBuilder().host(to.getHost()).port(to.getPort()).build())
            .build();
    OkHttpArm.call(client, sent, meters);
  }

  @Override
  public void close() {
    client.connectionPool().evictAll();
    client.dispatcher().executorService().shutdown();
  }
}
