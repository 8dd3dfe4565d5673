package dev.proxyless.mesh.benchmarks.calls;

import com.linecorp.armeria.client.BlockingWebClient;
import com.linecorp.armeria.client.ClientFactory;
import com.linecorp.armeria.client.Endpoint;
import com.linecorp.armeria.client.WebClient;
import com.linecorp.armeria.client.WebClientBuilder;
import com.linecorp.armeria.client.endpoint.EndpointGroup;
import com.linecorp.armeria.client.endpoint.EndpointSelectionStrategy;
import com.linecorp.armeria.client.retry.RetryRule;
import com.linecorp.armeria.client.retry.RetryingClient;
import com.linecorp.armeria.common.AggregatedHttpResponse;
import com.linecorp.armeria.common.SessionProtocol;
import java.io.IOException;
import java.util.List;

/** Armeria's client, which waits for each answer. */
final class ArmeriaArm implements Arm {

  private final ClientFactory factory = ClientFactory.builder().build();
  private final BlockingWebClient client;
  private final PlainMeters meters;

  /** With one endpoint by itself; with several as a group, in turn, with retries. */
  ArmeriaArm(List<String> endpoints, PlainMeters meters) {
    this.meters = meters;
    List<Endpoint> all = endpoints.stream().map(Endpoint::parse).toList();
    WebClientBuilder builder =
        all.size() == 1
            ? WebClient.builder(SessionProtocol.H1C, all.get(0))
            : WebClient.builder(
                    SessionProtocol.H1C,
                    EndpointGroup.of(EndpointSelectionStrategy.roundRobin(), all))
                .decorator(RetryingClient.newDecorator(RetryRule.failsafe()));
    client = builder.factory(factory).build().blocking();
  }

  @Override
  public void call() throws IOException {
    long begin = meters.begin();
    AggregatedHttpResponse response = client.get("/path");
    OkHttpArm.check(response.status().code(), response.content().length());
    meters.end(begin);
  }

  @Override
  public void close() {
    factory.close();
  }
}
