package dev.proxyless.mesh.controlplane;

import dev.proxyless.mesh.model.EndpointAssignment;
import dev.proxyless.mesh.model.Locality;
import dev.proxyless.mesh.proto.Message;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Writes endpoints as {@code ClusterLoadAssignment}. */
final class Assignments {

  private Assignments() {}

  static Message message(String name, EndpointAssignment endpoints) {
    return Message.of(
        "envoy.config.endpoint.v3.ClusterLoadAssignment",
        assignment -> {
          assignment.set("cluster_name", name);
          byLocality(endpoints)
              .forEach(
                  (locality, indexes) ->
                      assignment.add(
                          "endpoints", each -> locality(each, locality, endpoints, indexes)));
        });
  }

  private static Map<Locality, List<Integer>> byLocality(EndpointAssignment endpoints) {
    Map<Locality, List<Integer>> groups = new LinkedHashMap<>();
    for (int i = 0; i < endpoints.size(); i++) {
      groups.computeIfAbsent(endpoints.locality(i), none -> new ArrayList<>()).add(i);
    }
    return groups;
  }

  private static void locality(
      Message.Builder message,
      Locality locality,
      EndpointAssignment endpoints,
      List<Integer> indexes) {
    if (!locality.equals(Locality.UNKNOWN)) {
      message.set(
          "locality", each -> each.set("region", locality.region()).set("zone", locality.zone()));
    }
    for (int i : indexes) {
      message.add(
          "lb_endpoints",
          lb ->
              lb.set("health_status", endpoints.health(i).name())
                  .set(
                      "endpoint",
                      endpoint ->
                          endpoint.set(
                              "address",
                              address ->
                                  address.set(
                                      "socket_address",
                                      socket ->
                                          socket
                                              .set("address", endpoints.address(i))
                                              .set("port_value", endpoints.port(i))))));
    }
  }
}
