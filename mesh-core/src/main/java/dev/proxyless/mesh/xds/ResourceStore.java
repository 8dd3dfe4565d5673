package dev.proxyless.mesh.xds;

import dev.proxyless.mesh.model.Cluster;
import dev.proxyless.mesh.model.Cluster.Discovery;
import dev.proxyless.mesh.model.Configuration;
import dev.proxyless.mesh.model.EndpointAssignment;
import dev.proxyless.mesh.model.HttpConnectionManager;
import dev.proxyless.mesh.model.HttpConnectionManager.RouteSource;
import dev.proxyless.mesh.model.Listener;
import dev.proxyless.mesh.model.RouteConfiguration;
import dev.proxyless.mesh.proto.Findings;
import dev.proxyless.mesh.proto.Findings.Finding;
import dev.proxyless.mesh.proto.InvalidMessageException;
import dev.proxyless.mesh.telemetry.Telemetry;
import dev.proxyless.mesh.xds.ResourceStatus.State;
import dev.proxyless.mesh.xds.XdsResource.Bytes;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The resources that were received: what is in force, what was refused and what is wanted next.
 * Only bytes that changed are decoded; a resource that is refused leaves what is in force for its
 * name as it was.
 *
 * <p>Used on the configuration thread alone.
 */
public final class ResourceStore {

  private static final Logger log = LoggerFactory.getLogger(ResourceStore.class);

  private final Decoder decoder;
  private final Predicate<Discovery> asksEds;
  private final Telemetry telemetry;
  private final Map<ResourceType, Map<String, Entry>> entries = new EnumMap<>(ResourceType.class);
  private final Set<ResourceType> received = EnumSet.noneOf(ResourceType.class);

  /** One resource: the newest bytes, and what is in force. */
  private static final class Entry {
    private @Nullable Bytes newest;
    private @Nullable Object inForce;
    private String version = "";
    private String error = "";
    private Findings findings = new Findings();
  }

  /**
   * An empty store.
   *
   * @param decoder decodes what arrives
   * @param asksEds whether the endpoints of a cluster come from EDS
   * @param telemetry told of what is accepted and refused
   */
  public ResourceStore(Decoder decoder, Predicate<Discovery> asksEds, Telemetry telemetry) {
    this.decoder = decoder;
    this.asksEds = asksEds;
    this.telemetry = telemetry;
    for (ResourceType type : ResourceType.values()) {
      entries.put(type, new LinkedHashMap<>());
    }
  }

  /**
   * Takes over resources of one type.
   *
   * @param complete whether these are all that there are, so that others are removed
   * @return what is wrong, one line for each resource refused; empty if all were accepted
   */
  public List<String> apply(
      ResourceType type, List<XdsResource> resources, String version, boolean complete) {
    received.add(type);
    Map<String, Entry> known = entries(type);
    List<String> errors = new ArrayList<>();
    Set<String> seen = new HashSet<>();
    for (XdsResource resource : resources) {
      apply(type, resource, version, seen, errors);
    }
    // A resource that is refused may be too broken to tell its name; then none can be missed.
    if (complete && !seen.contains("")) {
      known
          .keySet()
          .removeIf(
              name -> {
                boolean gone = !seen.contains(name);
                if (gone) {
                  telemetry.meters().update(type.shortName(), "removed");
                }
                return gone;
              });
    }
    return errors;
  }

  private void apply(
      ResourceType type,
      XdsResource resource,
      String version,
      Set<String> seen,
      List<String> errors) {
    Entry unchanged = entries(type).get(resource.name());
    if (unchanged != null && Objects.equals(resource.bytes(), unchanged.newest)) {
      if (!seen.add(resource.name())) {
        errors.add(resource.name() + ": stands twice in one response");
      } else if (unchanged.error.isEmpty()) {
        unchanged.version = version;
      } else {
        errors.add(resource.name() + ": " + unchanged.error);
      }
      return;
    }
    try {
      Decoded decoded = decoder.decode(type, resource.bytes().array());
      if (!resource.name().isEmpty() && !resource.name().equals(decoded.name())) {
        throw new InvalidMessageException("", "calls itself \"" + decoded.name() + "\"");
      }
      if (!seen.add(decoded.name())) {
        errors.add(decoded.name() + ": stands twice in one response");
        return;
      }
      accept(type, decoded, resource.bytes(), version);
    } catch (InvalidMessageException invalid) {
      seen.add(resource.name());
      String error = String.valueOf(invalid.getMessage());
      errors.add((resource.name().isEmpty() ? "a resource" : resource.name()) + ": " + error);
      refuse(type, resource, error);
    }
  }

  private void accept(ResourceType type, Decoded decoded, Bytes bytes, String version) {
    Entry entry = entries(type).computeIfAbsent(decoded.name(), name -> new Entry());
    entry.newest = bytes;
    entry.inForce = decoded.model();
    entry.version = version;
    entry.error = "";
    entry.findings = decoded.findings();
    telemetry.meters().update(type.shortName(), "ack");
    summarize(decoded.findings())
        .forEach(line -> log.info("{} {}: {}", type.shortName(), decoded.name(), line));
  }

  /** One line for each field, however often it stands in the resource. */
  private static List<String> summarize(Findings findings) {
    Map<String, List<Finding>> byField = new LinkedHashMap<>();
    for (Finding finding : findings.reported()) {
      String field = finding.path().substring(finding.path().lastIndexOf('.') + 1);
      byField.computeIfAbsent(field + finding.reason(), key -> new ArrayList<>()).add(finding);
    }
    return byField.values().stream()
        .map(same -> same.get(0) + (same.size() > 1 ? " (and " + (same.size() - 1) + " more)" : ""))
        .toList();
  }

  private void refuse(ResourceType type, XdsResource resource, String error) {
    if (!resource.name().isEmpty()) {
      Entry entry = entries(type).computeIfAbsent(resource.name(), name -> new Entry());
      entry.newest = resource.bytes();
      entry.error = error;
    }
    telemetry.meters().update(type.shortName(), "nack");
    log.warn("{} {} is refused: {}", type.shortName(), resource.name(), error);
    telemetry.tell(
        listener -> listener.configurationRejected(type.shortName(), resource.name(), error));
  }

  /** The names of a type that what is in force refers to. Nothing for types that are sent whole. */
  public Set<String> wanted(ResourceType type) {
    Set<String> names = new TreeSet<>();
    if (type == ResourceType.ROUTE_CONFIGURATION) {
      inForce(ResourceType.LISTENER, Listener.class).values().stream()
          .flatMap(ResourceStore::connectionManagers)
          .forEach(
              manager -> {
                if (manager.routes() instanceof RouteSource.Rds rds) {
                  names.add(rds.name());
                }
              });
    } else if (type == ResourceType.CLUSTER_LOAD_ASSIGNMENT) {
      inForce(ResourceType.CLUSTER, Cluster.class).values().stream()
          .map(Cluster::discovery)
          .filter(asksEds)
          .map(ResourceStore::serviceName)
          .flatMap(Optional::stream)
          .forEach(names::add);
    }
    return names;
  }

  private static Optional<String> serviceName(Discovery discovery) {
    if (discovery instanceof Discovery.Eds eds) {
      return Optional.of(eds.serviceName());
    }
    return discovery instanceof Discovery.CloudMap cloudMap
        ? Optional.of(cloudMap.serviceName())
        : Optional.empty();
  }

  private static Stream<HttpConnectionManager> connectionManagers(Listener listener) {
    return Stream.of(
            listener.filterChains().stream().map(Listener.FilterChain::connectionManager),
            listener.defaultFilterChain().stream().map(Listener.FilterChain::connectionManager),
            Stream.of(listener.apiListener()))
        .flatMap(Function.identity())
        .flatMap(Optional::stream);
  }

  /** Forgets resources that are asked for by name and no longer wanted. */
  public void retainWanted(ResourceType type) {
    if (!type.isWildcard()) {
      entries(type).keySet().retainAll(wanted(type));
    }
  }

  /**
   * Whether listeners and clusters have been told at all, so that it is known what else is needed.
   */
  public boolean isBegun() {
    return received.contains(ResourceType.LISTENER) && received.contains(ResourceType.CLUSTER);
  }

  /** What is in force. */
  public Configuration configuration() {
    return new Configuration(
        inForce(ResourceType.LISTENER, Listener.class),
        inForce(ResourceType.ROUTE_CONFIGURATION, RouteConfiguration.class),
        inForce(ResourceType.CLUSTER, Cluster.class),
        inForce(ResourceType.CLUSTER_LOAD_ASSIGNMENT, EndpointAssignment.class));
  }

  private <T> Map<String, T> inForce(ResourceType type, Class<T> model) {
    Map<String, T> found = new HashMap<>();
    entries(type)
        .forEach(
            (name, entry) -> {
              if (entry.inForce != null) {
                found.put(name, model.cast(entry.inForce));
              }
            });
    return Map.copyOf(found);
  }

  /** How every resource stands, by type and name. */
  public List<ResourceStatus> statuses() {
    List<ResourceStatus> all = new ArrayList<>();
    for (ResourceType type : ResourceType.values()) {
      entries(type).forEach((name, entry) -> all.add(status(type, name, entry)));
      for (String name : wanted(type)) {
        if (!entries(type).containsKey(name)) {
          all.add(new ResourceStatus(type, name, "", State.REQUESTED, "", List.of()));
        }
      }
    }
    all.sort(Comparator.comparing(ResourceStatus::type).thenComparing(ResourceStatus::name));
    return List.copyOf(all);
  }

  private static ResourceStatus status(ResourceType type, String name, Entry entry) {
    return new ResourceStatus(
        type,
        name,
        entry.version,
        entry.error.isEmpty() ? State.ACKED : State.NACKED,
        entry.error,
        summarize(entry.findings));
  }

  private Map<String, Entry> entries(ResourceType type) {
    Map<String, Entry> found = entries.get(type);
    if (found == null) {
      throw new IllegalStateException("no entries of " + type);
    }
    return found;
  }
}
