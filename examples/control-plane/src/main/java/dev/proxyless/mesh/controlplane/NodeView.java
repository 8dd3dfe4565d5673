package dev.proxyless.mesh.controlplane;

import dev.proxyless.mesh.appmesh.Translation;
import dev.proxyless.mesh.model.Cluster;
import dev.proxyless.mesh.model.Cluster.Discovery;
import dev.proxyless.mesh.xds.ResourceType;
import java.util.ArrayList;
import java.util.Collections;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * What one kind of client is served as one virtual node. Endpoints are not part of it; they come
 * and go by themselves.
 *
 * @param resources by type and name; every type but assignments
 * @param cloudMap where the endpoints are that EDS is asked for, by the name it is asked by
 */
record NodeView(
    Map<ResourceType, Map<String, ServedResource>> resources,
    Map<String, Discovery.CloudMap> cloudMap) {

  /** A translation, with what its clusters mean. */
  static NodeView of(Translation translation, Map<String, Cluster> clusters) {
    Map<ResourceType, Map<String, ServedResource>> byType = new EnumMap<>(ResourceType.class);
    for (Translation.Resource each : translation.resources()) {
      ResourceType type = ResourceType.of(each.typeUrl()).orElseThrow();
      byType
          .computeIfAbsent(type, none -> new TreeMap<>())
          .put(each.name(), ServedResource.of(each.name(), each.message()));
    }
    Map<String, Discovery.CloudMap> cloudMap = new HashMap<>();
    for (String name : byType.getOrDefault(ResourceType.CLUSTER, Map.of()).keySet()) {
      Cluster cluster = clusters.get(name);
      if (cluster != null && cluster.discovery() instanceof Discovery.CloudMap found) {
        cloudMap.put(found.serviceName(), found);
      }
    }
    return new NodeView(byType, Map.copyOf(cloudMap));
  }

  /** The resources of a type, by name. */
  Map<String, ServedResource> of(ResourceType type) {
    return Collections.unmodifiableMap(resources.getOrDefault(type, Map.of()));
  }

  /** What is new, different or gone, such as {@code RDS rds_egress_http_8000}. */
  List<String> changesSince(NodeView before) {
    List<String> changes = new ArrayList<>();
    for (ResourceType type : ResourceType.values()) {
      TreeSet<String> names = new TreeSet<>(of(type).keySet());
      names.addAll(before.of(type).keySet());
      for (String name : names) {
        ServedResource now = of(type).get(name);
        ServedResource then = before.of(type).get(name);
        if (now == null) {
          changes.add(type.shortName() + " " + name + " is gone");
        } else if (!now.equals(then)) {
          changes.add(type.shortName() + " " + name + (then == null ? " is new" : ""));
        }
      }
    }
    return changes;
  }
}
