package dev.proxyless.mesh.benchmarks.calls;

import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Collectors;

/** What can be measured, in the order of the table. */
enum ArmName {
  /** OkHttp by itself, with the meters that the mesh has. */
  PLAIN(null),
  /** The same once more: what differs from {@link #PLAIN} is noise. */
  PLAIN_AGAIN(PLAIN),
  MESH_1(PLAIN),
  MESH_8(PLAIN),
  MESH_100(PLAIN),
  /** A client for each of a thousand endpoints, in turn. */
  PLAIN_1000(PLAIN),
  MESH_1000(PLAIN_1000),
  /** A tracer that samples nothing. */
  MESH_TRACED(PLAIN),
  /** The route changes the path. */
  MESH_REWRITE(PLAIN),
  PLAIN_MTLS(PLAIN),
  MESH_MTLS(PLAIN_MTLS),
  /** Retry, circuit breaker and bulkhead around plain OkHttp. */
  R4J(PLAIN),
  /** The same and a time limiter, which needs a second thread. */
  R4J_LIMITED(PLAIN),
  /** Spring Cloud LoadBalancer's round robin in front of plain OkHttp. */
  SPRING_LB(PLAIN),
  /** Armeria's client by itself. */
  ARMERIA(PLAIN),
  /** The same with retries and a group of endpoints. */
  ARMERIA_GROUP(PLAIN),
  /** One real Envoy between plain OkHttp and the server. */
  ENVOY_1(PLAIN),
  /** One Envoy on each side. */
  ENVOY_2(PLAIN);

  private final Optional<ArmName> baseline;

  ArmName(@org.jspecify.annotations.Nullable ArmName baseline) {
    this.baseline = Optional.ofNullable(baseline);
  }

  /** What it is compared with; itself where it is compared with nothing. */
  ArmName baseline() {
    return baseline.orElse(this);
  }

  boolean isMesh() {
    return name().startsWith("MESH");
  }

  boolean needsEnvoy() {
    return this == ENVOY_1 || this == ENVOY_2;
  }

  /** As it stands in arguments and in the table. */
  String word() {
    return name().toLowerCase(Locale.ROOT).replace('_', '-');
  }

  /** The name that it calls. */
  String host() {
    return word() + ".local";
  }

  static Optional<ArmName> of(String word) {
    return Arrays.stream(values()).filter(each -> each.word().equals(word)).findFirst();
  }

  static String words() {
    return Arrays.stream(values()).map(ArmName::word).collect(Collectors.joining(", "));
  }
}
