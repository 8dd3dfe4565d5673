package dev.proxyless.mesh.xds;

import dev.proxyless.mesh.model.EndpointAssignment;
import dev.proxyless.mesh.model.EndpointAssignment.Health;
import dev.proxyless.mesh.model.Locality;
import dev.proxyless.mesh.model.Metadata;
import dev.proxyless.mesh.proto.FieldTable;
import dev.proxyless.mesh.proto.Findings;
import dev.proxyless.mesh.proto.InvalidMessageException;
import dev.proxyless.mesh.proto.MessageReader;
import dev.proxyless.mesh.proto.MessageType;
import dev.proxyless.mesh.proto.WireReader;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Reads a {@code ClusterLoadAssignment} straight from its bytes into columns, since an assignment
 * can have a hundred thousand endpoints and a tree of messages costs ten times as much. Fields that
 * it does not know are looked up in the table, once each.
 */
final class AssignmentReader {

  private static final int MAX_PRIORITY = 127;
  private static final String PRIORITY = "priority";

  /** In the order of their numbers. */
  private static final List<Health> HEALTH = List.of(Health.values());

  private static final MessageType ASSIGNMENT =
      FieldTable.xds().type("envoy.config.endpoint.v3.ClusterLoadAssignment");
  private static final MessageType LOCALITY_ENDPOINTS =
      FieldTable.xds().type("envoy.config.endpoint.v3.LocalityLbEndpoints");
  private static final MessageType LB_ENDPOINT =
      FieldTable.xds().type("envoy.config.endpoint.v3.LbEndpoint");
  private static final MessageType LOCALITY =
      FieldTable.xds().type("envoy.config.core.v3.Locality");
  private static final MessageType METADATA =
      FieldTable.xds().type("envoy.config.core.v3.Metadata");
  private static final MessageType ENDPOINT =
      FieldTable.xds().type("envoy.config.endpoint.v3.Endpoint");
  private static final MessageType ADDRESS = FieldTable.xds().type("envoy.config.core.v3.Address");
  private static final MessageType SOCKET_ADDRESS =
      FieldTable.xds().type("envoy.config.core.v3.SocketAddress");

  private final Findings findings;
  private final boolean namesAllowed;
  private final Set<String> noted = new HashSet<>();
  private final Map<ByteBuffer, Metadata> metadataSeen = new HashMap<>();
  private final EndpointAssignment.Builder columns = new EndpointAssignment.Builder();
  private String prefix = "";
  private String clusterName = "";
  private int locality = -1;
  private int endpoint = -1;

  /**
   * A reader.
   *
   * @param namesAllowed whether an endpoint may have a host name where others have an IP address
   */
  AssignmentReader(Findings findings, boolean namesAllowed) {
    this.findings = findings;
    this.namesAllowed = namesAllowed;
  }

  /** The cluster's name, once it was read. */
  String clusterName() {
    return clusterName;
  }

  /** Reads an assignment that stands at this path of its resource. */
  EndpointAssignment read(byte[] bytes, String path) {
    prefix = path;
    WireReader in = new WireReader(bytes, path);
    for (int field = in.nextField(); field != 0; field = in.nextField()) {
      switch (field) {
        case 1 -> clusterName = in.string();
        case 2 -> {
          locality++;
          localityEndpoints(in.nested());
        }
        default -> {
          in.skip();
          if (noted.add(ASSIGNMENT.name() + field)) {
            ASSIGNMENT.note(field, path, findings);
          }
        }
      }
    }
    return columns.build();
  }

  /** Priority and locality may follow the endpoints, so these are read in a second walk. */
  private void localityEndpoints(WireReader in) {
    Locality where = Locality.UNKNOWN;
    int priority = 0;
    List<WireReader> later = new ArrayList<>();
    endpoint = -1;
    for (int field = in.nextField(); field != 0; field = in.nextField()) {
      switch (field) {
        case 1 -> where = locality(in.nested());
        case 2 -> later.add(in.nested());
        case 5 -> priority = priority(in.varint());
        default -> note(LOCALITY_ENDPOINTS, field, in, "");
      }
    }
    if (priority > 0 && noted.add(PRIORITY)) {
      findings.report(
          path(".priority"),
          "takes traffic only when no endpoint of a lower number is healthy; load is not spread by"
              + " degrees");
    }
    for (WireReader each : later) {
      endpoint++;
      lbEndpoint(each, where, priority);
    }
  }

  private int priority(long value) {
    if (value < 0 || value > MAX_PRIORITY) {
      throw wrong(".priority", "is " + value + "; right would be 0 to " + MAX_PRIORITY);
    }
    return (int) value;
  }

  private Locality locality(WireReader in) {
    String region = "";
    String zone = "";
    String subZone = "";
    for (int field = in.nextField(); field != 0; field = in.nextField()) {
      switch (field) {
        case 1 -> region = in.string();
        case 2 -> zone = in.string();
        case 3 -> subZone = in.string();
        default -> note(LOCALITY, field, in, ".locality");
      }
    }
    Locality found = new Locality(region, zone, subZone);
    return found.equals(Locality.UNKNOWN) ? Locality.UNKNOWN : found;
  }

  private void lbEndpoint(WireReader in, Locality where, int priority) {
    Target target = new Target();
    Health health = Health.UNKNOWN;
    Metadata metadata = Metadata.EMPTY;
    for (int field = in.nextField(); field != 0; field = in.nextField()) {
      switch (field) {
        case 1 -> endpoint(in.nested(), target);
        case 2 -> health = health(in.varint());
        case 3 -> metadata = metadata(in.bytes());
        default -> note(LB_ENDPOINT, field, in, "");
      }
    }
    boolean usable =
        namesAllowed ? !target.address.isEmpty() : IpAddresses.isAddress(target.address);
    if (!usable || target.port == 0) {
      throw wrong(
          ".endpoint.address.socket_address",
          "has address \""
              + target.address
              + "\" and port "
              + target.port
              + "; right would be "
              + (namesAllowed ? "a host name" : "an IP address")
              + " and a port from 1 to 65535");
    }
    columns.add(target.address, target.port, target.hostname, health, priority, where, metadata);
  }

  /** Endpoints of one kind say the same; one object stands for all of them. */
  private Metadata metadata(byte[] bytes) {
    return metadataSeen.computeIfAbsent(
        ByteBuffer.wrap(bytes),
        each ->
            Extensions.metadata(MessageReader.read(METADATA, bytes, path(".metadata"), findings)));
  }

  private Health health(long number) {
    if (number < 0 || number >= HEALTH.size()) {
      throw wrong(
          ".health_status",
          "is "
              + number
              + ", which is unknown; right would be one of "
              + HEALTH.stream().map(Enum::name).collect(Collectors.joining(", ")));
    }
    return HEALTH.get((int) number);
  }

  private void endpoint(WireReader in, Target target) {
    for (int field = in.nextField(); field != 0; field = in.nextField()) {
      switch (field) {
        case 1 -> address(in.nested(), target);
        case 3 -> target.hostname = in.string();
        default -> note(ENDPOINT, field, in, ".endpoint");
      }
    }
  }

  private void address(WireReader in, Target target) {
    for (int field = in.nextField(); field != 0; field = in.nextField()) {
      if (field == 1) {
        socketAddress(in.nested(), target);
      } else {
        note(ADDRESS, field, in, ".endpoint.address");
      }
    }
  }

  private void socketAddress(WireReader in, Target target) {
    for (int field = in.nextField(); field != 0; field = in.nextField()) {
      switch (field) {
        case 2 -> target.address = in.string();
        case 3 -> target.port = port(in.varint());
        default -> note(SOCKET_ADDRESS, field, in, ".endpoint.address.socket_address");
      }
    }
  }

  private int port(long value) {
    if (value < 0 || value > 65_535) {
      throw wrong(
          ".endpoint.address.socket_address.port_value",
          "is " + value + "; right would be 1 to 65535");
    }
    return (int) value;
  }

  private void note(MessageType type, int field, WireReader in, String within) {
    in.skip();
    if (noted.add(type.name() + field)) {
      type.note(field, path(within), findings);
    }
  }

  private InvalidMessageException wrong(String within, String reason) {
    return new InvalidMessageException(path(within), reason);
  }

  /** Paths are put together only where one is told: there may be a hundred thousand. */
  private String path(String within) {
    return (prefix.isEmpty() ? "" : prefix + ".")
        + "endpoints["
        + locality
        + "]"
        + (endpoint < 0 ? "" : ".lb_endpoints[" + endpoint + "]")
        + within;
  }

  private static final class Target {
    private String address = "";
    private String hostname = "";
    private int port;
  }
}
