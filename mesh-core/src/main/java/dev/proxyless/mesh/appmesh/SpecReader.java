package dev.proxyless.mesh.appmesh;

import dev.proxyless.mesh.appmesh.AppMesh.Backend;
import dev.proxyless.mesh.appmesh.AppMesh.Certificate;
import dev.proxyless.mesh.appmesh.AppMesh.ClientTls;
import dev.proxyless.mesh.appmesh.AppMesh.ListenerTls;
import dev.proxyless.mesh.appmesh.AppMesh.NodeListener;
import dev.proxyless.mesh.appmesh.AppMesh.OutlierDetection;
import dev.proxyless.mesh.appmesh.AppMesh.PortMapping;
import dev.proxyless.mesh.appmesh.AppMesh.ServiceDiscovery;
import dev.proxyless.mesh.appmesh.AppMesh.ServiceProvider;
import dev.proxyless.mesh.appmesh.AppMesh.Specification;
import dev.proxyless.mesh.appmesh.AppMesh.Timeout;
import dev.proxyless.mesh.appmesh.AppMesh.Validation;
import dev.proxyless.mesh.appmesh.AppMesh.VirtualNode;
import dev.proxyless.mesh.document.DocumentException;
import dev.proxyless.mesh.document.Node;
import java.time.Duration;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Reads the specifications of meshes, virtual nodes, services and routers, with the names and
 * bounds of App Mesh's API. Fields that are known and do not act become notes; anything else that
 * is wrong throws {@link DocumentException}.
 */
final class SpecReader {

  static final Set<String> PROTOCOLS = Set.of("http", "http2", "grpc", "tcp");

  /** Protocols that are not spoken yet, and what calls are made as. */
  private static final Map<String, String> INSTEAD_OF = Map.of("tcp", "http", "grpc", "http2");

  private static final Set<String> IP_PREFERENCES =
      Set.of("IPv4_PREFERRED", "IPv4_ONLY", "IPv6_PREFERRED", "IPv6_ONLY");

  private final List<Problem> problems;
  private final AppMeshDocuments.Checks checks;

  SpecReader(List<Problem> problems, AppMeshDocuments.Checks checks) {
    this.problems = problems;
    this.checks = checks;
  }

  Specification read(ResourceId.Kind kind, Spec spec) {
    return switch (kind) {
      case MESH -> mesh(spec);
      case VIRTUAL_NODE -> virtualNode(spec);
      case VIRTUAL_SERVICE -> virtualService(spec);
      case VIRTUAL_ROUTER -> virtualRouter(spec);
      case ROUTE -> new RouteReader(this).route(spec);
      case VIRTUAL_GATEWAY, GATEWAY_ROUTE ->
          throw spec.node()
              .error("is a " + kind.word(), "a kind that is supported; gateways are not yet");
    };
  }

  private Specification mesh(Spec spec) {
    boolean allowAll =
        spec.child("egressFilter")
            .map(
                filter -> {
                  String type = word(filter.required("type"), Set.of("ALLOW_ALL", "DROP_ALL"));
                  filter.end();
                  return type.equals("ALLOW_ALL");
                })
            .orElse(false);
    spec.find("serviceDiscovery").ifPresent(this::doesNotAct);
    spec.end();
    return new AppMesh.Mesh(allowAll);
  }

  private static Specification virtualService(Spec spec) {
    Optional<ServiceProvider> provider =
        spec.child("provider")
            .map(
                union -> {
                  boolean isRouter =
                      union
                          .union(true, "virtualNode", "virtualRouter")
                          .orElse("")
                          .equals("virtualRouter");
                  Spec member = union.requiredChild(isRouter ? "virtualRouter" : "virtualNode");
                  String name =
                      member.required(isRouter ? "virtualRouterName" : "virtualNodeName").name();
                  member.end();
                  union.end();
                  return new ServiceProvider(isRouter, name);
                });
    spec.end();
    return new AppMesh.VirtualService(provider);
  }

  private Specification virtualRouter(Spec spec) {
    Set<Integer> ports = new HashSet<>();
    List<PortMapping> listeners =
        spec.list("listeners").stream()
            .map(
                node -> {
                  Spec listener = new Spec(node);
                  PortMapping mapping = portMapping(listener.requiredChild("portMapping"), ports);
                  listener.end();
                  return mapping;
                })
            .toList();
    spec.end();
    return new AppMesh.VirtualRouter(listeners);
  }

  /** {@code ports} are those of the listeners before. */
  private PortMapping portMapping(Spec spec, Set<Integer> ports) {
    int port = port(spec.required("port"));
    if (!ports.add(port)) {
      throw spec.required("port")
          .error("is " + port + ", as that of a listener before", "one listener for each port");
    }
    Node told = spec.required("protocol");
    String protocol = word(told, PROTOCOLS);
    String instead = INSTEAD_OF.get(protocol);
    if (instead != null) {
      problems.add(
          Problem.note(
              told.where(),
              told.path() + ": is " + protocol + "; calls are made as " + instead + " here"));
    }
    spec.end();
    return new PortMapping(port, protocol);
  }

  private Specification virtualNode(Spec spec) {
    Set<Integer> ports = new HashSet<>();
    List<NodeListener> listeners =
        spec.list("listeners").stream().map(node -> nodeListener(new Spec(node), ports)).toList();
    Set<String> services = new HashSet<>();
    List<Backend> backends =
        spec.list("backends").stream().map(node -> backend(new Spec(node), services)).toList();
    Optional<ClientTls> defaults =
        spec.child("backendDefaults")
            .flatMap(
                each -> {
                  Optional<ClientTls> tls = clientPolicy(each);
                  each.end();
                  return tls;
                });
    Optional<ServiceDiscovery> discovery =
        spec.child("serviceDiscovery").map(SpecReader::serviceDiscovery);
    if (!listeners.isEmpty() && discovery.isEmpty()) {
      throw spec.node()
          .error(
              "has listeners and no serviceDiscovery", "serviceDiscovery with awsCloudMap or dns");
    }
    spec.find("logging").ifPresent(this::doesNotAct);
    spec.end();
    return new VirtualNode(listeners, backends, defaults, discovery);
  }

  private NodeListener nodeListener(Spec spec, Set<Integer> ports) {
    PortMapping mapping = portMapping(spec.requiredChild("portMapping"), ports);
    Optional<OutlierDetection> outliers =
        spec.child("outlierDetection").map(SpecReader::outlierDetection);
    Optional<ListenerTls> tls = spec.child("tls").map(this::listenerTls);
    for (String field : List.of("healthCheck", "connectionPool", "timeout")) {
      spec.find(field).ifPresent(this::doesNotAct);
    }
    spec.end();
    return new NodeListener(mapping, outliers, tls);
  }

  private static OutlierDetection outlierDetection(Spec spec) {
    OutlierDetection detection =
        new OutlierDetection(
            spec.required("maxServerErrors").integer(1, Integer.MAX_VALUE),
            positive(spec.required("interval")),
            positive(spec.required("baseEjectionDuration")),
            (int) spec.required("maxEjectionPercent").integer(0, 100));
    spec.end();
    return detection;
  }

  /** {@code services} are those of the backends before. */
  private Backend backend(Spec union, Set<String> services) {
    Spec service = union.requiredChild("virtualService");
    String name = service.required("virtualServiceName").name();
    if (!services.add(name)) {
      throw service
          .required("virtualServiceName")
          .error("is \"" + name + "\", as that of a backend before", "each service once");
    }
    Optional<ClientTls> tls = clientPolicy(service);
    service.end();
    union.end();
    return new Backend(name, tls);
  }

  private Optional<ClientTls> clientPolicy(Spec holder) {
    return holder
        .child("clientPolicy")
        .flatMap(
            policy -> {
              Optional<ClientTls> tls = policy.child("tls").map(this::clientTls);
              policy.end();
              return tls;
            });
  }

  private ClientTls clientTls(Spec spec) {
    spec.find("mode").ifPresent(this::doesNotAct); // seen in the wild, though the API has it not
    boolean enforce = spec.find("enforce").map(Node::bool).orElse(true);
    List<Integer> ports = spec.list("ports").stream().map(SpecReader::port).toList();
    Optional<Certificate> certificate = spec.child("certificate").map(SpecReader::certificate);
    Validation validation = validation(spec.requiredChild("validation"));
    spec.end();
    return new ClientTls(enforce, ports, certificate, validation);
  }

  private ListenerTls listenerTls(Spec spec) {
    String mode = word(spec.required("mode"), Set.of("STRICT", "PERMISSIVE", "DISABLED"));
    if (mode.equals("PERMISSIVE")) {
      problems.add(
          Problem.note(
              spec.node().where(),
              spec.node().path()
                  + ".mode: PERMISSIVE is taken as STRICT; plaintext on the same port is not supported"));
    }
    Certificate certificate = certificate(spec.requiredChild("certificate"));
    Optional<Validation> validation = spec.child("validation").map(SpecReader::validation);
    spec.end();
    return new ListenerTls(mode, certificate, validation);
  }

  private static Certificate certificate(Spec union) {
    fileOnly(union);
    Spec file = union.requiredChild("file");
    Certificate certificate =
        new Certificate(
            file.required("certificateChain").name(), file.required("privateKey").name());
    file.end();
    union.end();
    return certificate;
  }

  private static Validation validation(Spec spec) {
    Spec trust = spec.requiredChild("trust");
    fileOnly(trust);
    Spec file = trust.requiredChild("file");
    String chain = file.required("certificateChain").name();
    file.end();
    trust.end();
    Optional<List<String>> names =
        spec.child("subjectAlternativeNames")
            .map(
                each -> {
                  Spec match = each.requiredChild("match");
                  List<String> exact =
                      match.required("exact").items().stream().map(Node::name).toList();
                  match.end();
                  each.end();
                  return exact;
                });
    spec.end();
    return new Validation(chain, names);
  }

  private static void fileOnly(Spec union) {
    String member = union.union(true, "file", "acm", "sds").orElse("");
    if (!member.equals("file")) {
      throw union
          .required(member)
          .error("names a certificate by " + member, "file; " + member + " is not supported yet");
    }
  }

  private static ServiceDiscovery serviceDiscovery(Spec union) {
    boolean cloudMap = union.union(true, "awsCloudMap", "dns").orElse("").equals("awsCloudMap");
    ServiceDiscovery discovery =
        cloudMap ? cloudMap(union.requiredChild("awsCloudMap")) : dns(union.requiredChild("dns"));
    union.end();
    return discovery;
  }

  private static ServiceDiscovery cloudMap(Spec spec) {
    Map<String, String> attributes = new LinkedHashMap<>();
    for (Node node : spec.list("attributes")) {
      Spec attribute = new Spec(node);
      attributes.put(attribute.required("key").name(), attribute.required("value").text());
      attribute.end();
    }
    ServiceDiscovery discovery =
        new ServiceDiscovery.CloudMap(
            spec.required("namespaceName").name(),
            spec.required("serviceName").name(),
            attributes,
            spec.find("ipPreference").map(SpecReader::ipPreference));
    spec.end();
    return discovery;
  }

  private static ServiceDiscovery dns(Spec spec) {
    ServiceDiscovery discovery =
        new ServiceDiscovery.Dns(
            spec.required("hostname").name(),
            spec.find("responseType")
                .map(node -> word(node, Set.of("LOADBALANCER", "ENDPOINTS")))
                .orElse("LOADBALANCER")
                .equals("ENDPOINTS"),
            spec.find("ipPreference").map(SpecReader::ipPreference));
    spec.end();
    return discovery;
  }

  private static String ipPreference(Node node) {
    return word(node, IP_PREFERENCES);
  }

  Timeout timeout(Spec spec) {
    Timeout timeout =
        new Timeout(
            spec.find("perRequest").map(SpecReader::duration),
            spec.find("idle").map(SpecReader::duration));
    spec.find("idle").ifPresent(this::doesNotAct);
    spec.end();
    return timeout;
  }

  static Duration duration(Node node) {
    Spec spec = new Spec(node);
    long value = spec.required("value").integer(0, Integer.MAX_VALUE);
    String unit = word(spec.required("unit"), Set.of("s", "ms"));
    spec.end();
    return unit.equals("s") ? Duration.ofSeconds(value) : Duration.ofMillis(value);
  }

  static Duration positive(Node node) {
    Duration duration = duration(node);
    if (duration.isZero()) {
      throw node.error("is 0", "a duration of more than 0");
    }
    return duration;
  }

  static int port(Node node) {
    return (int) node.integer(1, 65_535);
  }

  static String word(Node node, Set<String> words) {
    String word = node.text();
    if (!words.contains(word)) {
      throw node.error(
          "is \"" + word + "\"", "one of " + String.join(", ", new java.util.TreeSet<>(words)));
    }
    return word;
  }

  /** A regular expression that can be used. */
  String expression(Node node) {
    String expression = node.name();
    Optional<String> refusal = checks.expressionRefusal(expression);
    if (refusal.isPresent()) {
      throw node.error(refusal.get(), "an expression that RE2 takes");
    }
    return expression;
  }

  void doesNotAct(Node node) {
    problems.add(Problem.note(node.where(), node.path() + ": does not act yet"));
  }
}
