package dev.proxyless.mesh.admin;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.proxyless.mesh.model.Configuration;
import dev.proxyless.mesh.snapshot.OfflineSnapshot;
import dev.proxyless.mesh.testing.XdsYaml;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** What the configuration says of an endpoint is shown, also where nothing else looks at it. */
final class EndpointReportTest {

  @Test
  void hostNameAndLocalityOfAnEndpointAreShown() {
    assertEquals(
        List.of(
            Map.of(
                "address",
                "10.0.0.1:80",
                "hostname",
                "a.local",
                "locality",
                Map.of("region", "r", "zone", "z", "sub_zone", "s"),
                "health",
                "HEALTHY",
                "ejected",
                false,
                "active",
                0),
            Map.of("address", "10.0.0.2:80", "health", "UNKNOWN", "ejected", false, "active", 0)),
        endpoints(
            """
            name: c
            type: STATIC
            load_assignment:
              cluster_name: c
              endpoints:
              - locality: {region: r, zone: z, sub_zone: s}
                lb_endpoints:
                - health_status: HEALTHY
                  endpoint:
                    hostname: a.local
                    address: {socket_address: {address: 10.0.0.1, port_value: 80}}
              - lb_endpoints:
                - endpoint: {address: {socket_address: {address: 10.0.0.2, port_value: 80}}}
            """));
  }

  private static Object endpoints(String cluster) {
    Configuration configuration =
        new Configuration(Map.of(), Map.of(), Map.of("c", XdsYaml.cluster(cluster)), Map.of());
    Map<String, Object> report =
        MeshReport.of("node", OfflineSnapshot.of(configuration), List.of(), List.of());
    Map<?, ?> clusters = (Map<?, ?>) report.get("clusters");
    return ((Map<?, ?>) clusters.get("c")).get("endpoints");
  }
}
