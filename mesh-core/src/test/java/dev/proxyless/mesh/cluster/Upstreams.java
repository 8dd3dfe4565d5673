package dev.proxyless.mesh.cluster;

import dev.proxyless.mesh.model.EndpointAssignment;
import dev.proxyless.mesh.telemetry.MeshListener;
import dev.proxyless.mesh.telemetry.MeshMeters;
import dev.proxyless.mesh.telemetry.MeshTracing;
import dev.proxyless.mesh.telemetry.Telemetry;
import dev.proxyless.mesh.testing.VirtualTime;
import dev.proxyless.mesh.testing.XdsYaml;
import dev.proxyless.mesh.time.MeshExecutor;
import java.util.ArrayList;
import java.util.List;

/** A cluster on a virtual clock, and what happened to its endpoints. */
final class Upstreams {

  static final long SEED = 1;

  final VirtualTime time = new VirtualTime(SEED);
  final List<String> events = new ArrayList<>();
  private final MeshExecutor configurationThread = time.serial("config");
  private final Telemetry telemetry =
      new Telemetry(
          MeshMeters.NONE,
          MeshTracing.NONE,
          new MeshListener() {
            @Override
            public void endpointEjected(String cluster, String endpoint, String reason) {
              events.add("ejected " + endpoint);
            }

            @Override
            public void endpointReturned(String cluster, String endpoint) {
              events.add("returned " + endpoint);
            }
          });

  /** A static cluster of endpoints {@code 10.0.0.1:80} and so on. */
  Upstream create(String yaml, int endpoints) {
    Upstream upstream =
        Upstream.create(XdsYaml.cluster(cluster(yaml)), time, configurationThread, telemetry);
    upstream.update(addresses(endpoints));
    return upstream;
  }

  static String cluster(String yaml) {
    return "name: c\ntype: EDS\neds_cluster_config: {eds_config: {ads: {}}}\n" + yaml;
  }

  static EndpointAssignment addresses(int count) {
    EndpointAssignment.Builder builder = new EndpointAssignment.Builder();
    for (int i = 1; i <= count; i++) {
      builder.add("10.0.0." + i, 80);
    }
    return builder.build();
  }

  /** The names that the next picks give. */
  static List<String> picks(Upstream upstream, int count) {
    List<String> picks = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      Endpoint picked = upstream.pick();
      picks.add(picked == null ? "none" : picked.name());
    }
    return picks;
  }

  static Endpoint endpoint(Upstream upstream, int number) {
    return upstream.endpoints().stream()
        .filter(each -> each.address().equals("10.0.0." + number))
        .findFirst()
        .orElseThrow();
  }

  static void report(Upstream upstream, int number, int status, int times) {
    for (int i = 0; i < times; i++) {
      upstream.report(endpoint(upstream, number), status);
    }
  }
}
