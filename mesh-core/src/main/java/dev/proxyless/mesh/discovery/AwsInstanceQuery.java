package dev.proxyless.mesh.discovery;

import dev.proxyless.mesh.model.EndpointAssignment.Health;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import software.amazon.awssdk.core.client.config.ClientOverrideConfiguration;
import software.amazon.awssdk.core.client.config.SdkAdvancedClientOption;
import software.amazon.awssdk.http.urlconnection.UrlConnectionHttpClient;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.servicediscovery.ServiceDiscoveryClient;
import software.amazon.awssdk.services.servicediscovery.ServiceDiscoveryClientBuilder;
import software.amazon.awssdk.services.servicediscovery.model.HealthStatusFilter;
import software.amazon.awssdk.services.servicediscovery.model.HttpInstanceSummary;

/** Asks with the AWS SDK. Loaded only where the SDK is there. */
final class AwsInstanceQuery implements InstanceQuery {

  /** There are no pages: what does not fit is not returned. */
  private static final int MAX_RESULTS = 1_000;

  private static final Duration CALL_TIMEOUT = Duration.ofSeconds(5);

  private final ServiceDiscoveryClient client;

  AwsInstanceQuery(CloudMapSettings settings) {
    this(settings, CALL_TIMEOUT);
  }

  /** {@code callTimeout} bounds a question with all that the SDK asks again by itself. */
  AwsInstanceQuery(CloudMapSettings settings, Duration callTimeout) {
    ClientOverrideConfiguration.Builder override =
        ClientOverrideConfiguration.builder().apiCallTimeout(callTimeout);
    ServiceDiscoveryClientBuilder builder =
        ServiceDiscoveryClient.builder().httpClientBuilder(UrlConnectionHttpClient.builder());
    settings.region().map(Region::of).ifPresent(builder::region);
    if (settings.endpoint().isPresent()) {
      builder.endpointOverride(settings.endpoint().get());
      // "data-" before an address of one's own names no host.
      override.putAdvancedOption(SdkAdvancedClientOption.DISABLE_HOST_PREFIX_INJECTION, true);
    }
    client = builder.overrideConfiguration(override.build()).build();
  }

  @Override
  public List<Instance> discover(String namespace, String service, Map<String, String> attributes) {
    return client
        .discoverInstances(
            request ->
                request
                    .namespaceName(namespace)
                    .serviceName(service)
                    .queryParameters(attributes)
                    .maxResults(MAX_RESULTS)
                    .healthStatus(HealthStatusFilter.ALL))
        .instances()
        .stream()
        .map(AwsInstanceQuery::instance)
        .toList();
  }

  private static Instance instance(HttpInstanceSummary summary) {
    Health health =
        switch (summary.healthStatus() == null ? "" : summary.healthStatusAsString()) {
          case "HEALTHY" -> Health.HEALTHY;
          case "UNHEALTHY" -> Health.UNHEALTHY;
          default -> Health.UNKNOWN;
        };
    return new Instance(summary.instanceId(), health, summary.attributes());
  }

  @Override
  public void close() {
    client.close();
  }
}
