package dev.proxyless.mesh.benchmarks.calls;

import dev.proxyless.mesh.benchmarks.calls.Settings.Load;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Random;

/**
 * Measures whole calls and prints a table for each load. All arms call the same server over
 * HTTP/1.1 on loopback, take turns in an order that is drawn anew each round, and are compared with
 * their baseline within each round.
 *
 * <p>Ends with 0, with 2 where an argument cannot be used.
 */
public final class CallHarness {

  private static final int UNUSABLE = 2;

  /** How many times as long an arm warms up with one thread, once, as it does before each load. */
  private static final int ALONE = 5;

  /** How many slices a profile is long. */
  private static final int PROFILED = 4;

  private final Settings settings;
  private final PrintStream out;
  private final Random random;

  private CallHarness(Settings settings, PrintStream out) {
    this.settings = settings;
    this.out = out;
    random = new Random(settings.seed());
  }

  /** Runs with {@link Settings#USAGE}. */
  @SuppressWarnings("SystemOut") // a command
  public static void main(String[] arguments) throws Exception {
    PrintStream out = new PrintStream(System.out, true, StandardCharsets.UTF_8);
    PrintStream errors = new PrintStream(System.err, true, StandardCharsets.UTF_8);
    System.exit(run(arguments, out, errors));
  }

  /** The status to end with. */
  static int run(String[] arguments, PrintStream out, PrintStream errors) throws Exception {
    if (arguments.length == 1 && arguments[0].equals("--help")) {
      out.print(Settings.USAGE);
      out.println("ARMS: " + ArmName.words());
      return 0;
    }
    Settings settings;
    try {
      settings = Settings.parse(arguments, System::getProperty);
    } catch (UsageException unusable) {
      errors.println("CallHarness: " + unusable.getMessage());
      return UNUSABLE;
    }
    new CallHarness(settings, out).run();
    return 0;
  }

  private void run() throws Exception {
    out.printf(
        "JDK %s, %d processors, slices of %d ms, seed %d%n",
        Runtime.version(),
        Runtime.getRuntime().availableProcessors(),
        settings.slice().toMillis(),
        settings.seed());
    try (Backend backend = Backend.start();
        MeshArms meshes = new MeshArms(backend, settings.arms())) {
      Map<ArmName, Arm> arms = new EnumMap<>(ArmName.class);
      try {
        for (ArmName name : settings.arms()) {
          arms.put(name, arm(name, backend, meshes));
        }
        warmAlone(arms);
        for (Load load : settings.loads()) {
          measure(load, arms);
        }
      } finally {
        for (Arm each : arms.values()) {
          each.close();
        }
      }
    }
  }

  private Arm arm(ArmName name, Backend backend, MeshArms meshes) throws Exception {
    MeterRegistry registry = new SimpleMeterRegistry();
    PlainMeters meters = PlainMeters.in(registry, name);
    return switch (name) {
      case PLAIN, PLAIN_AGAIN -> OkHttpArm.plain(name, backend.endpoint(), meters);
      case PLAIN_1000 -> OkHttpArm.ofEach(name, backend.endpoints(1_000), meters);
      case PLAIN_MTLS ->
          OkHttpArm.overTls(
              name, Certificates.client(backend.directory()), backend.tlsEndpoint(), meters);
      case R4J -> new Resilience4jArm(OkHttpArm.plain(name, backend.endpoint(), meters), false);
      case R4J_LIMITED ->
          new Resilience4jArm(OkHttpArm.plain(name, backend.endpoint(), meters), true);
      case SPRING_LB -> new SpringArm(backend.endpoints(8), meters);
      case ARMERIA -> new ArmeriaArm(backend.endpoints(1), meters);
      case ARMERIA_GROUP -> new ArmeriaArm(backend.endpoints(8), meters);
      case ENVOY_1 -> new EnvoyArm(envoy(), backend, 1, meters);
      case ENVOY_2 -> new EnvoyArm(envoy(), backend, 2, meters);
      default -> meshes.arm(name);
    };
  }

  private Path envoy() throws IOException {
    return settings.envoy().orElseThrow(() -> new IOException("no Envoy is told"));
  }

  /**
   * One thread leaves the compilers a processor; many do not, and would be measured half compiled.
   */
  private void warmAlone(Map<ArmName, Arm> arms) throws Exception {
    try (Workers alone = Workers.of(new Load(1, false)).orElseThrow()) {
      for (Map.Entry<ArmName, Arm> each : arms.entrySet()) {
        slice(alone, each.getKey(), each.getValue(), settings.warmup().multipliedBy(ALONE));
      }
    }
  }

  private void measure(Load load, Map<ArmName, Arm> arms) throws Exception {
    Optional<Workers> possible = Workers.of(load);
    if (possible.isEmpty()) {
      out.printf("%n%s: this JDK has none, left out%n", load);
      return;
    }
    Report report = new Report(load);
    try (Workers workers = possible.get()) {
      for (Map.Entry<ArmName, Arm> each : arms.entrySet()) {
        slice(workers, each.getKey(), each.getValue(), settings.warmup());
      }
      List<ArmName> order = new ArrayList<>(arms.keySet());
      for (int round = 0; round < settings.rounds(); round++) {
        Collections.shuffle(order, random);
        for (ArmName name : order) {
          Arm arm = Objects.requireNonNull(arms.get(name));
          report.add(name, slice(workers, name, arm, settings.slice()));
        }
      }
      if (settings.profile()) {
        for (Map.Entry<ArmName, Arm> each : arms.entrySet()) {
          if (each.getKey().isMesh()) {
            report.add(
                each.getKey(),
                Contention.of(workers, each.getValue(), settings.slice().multipliedBy(PROFILED)));
          }
        }
      }
    }
    out.print(report);
  }

  private static Slice slice(Workers workers, ArmName name, Arm arm, Duration length)
      throws Exception {
    try {
      return workers.run(arm, length);
    } catch (IOException failed) {
      throw new IOException("a call of " + name.word() + " failed: " + failed.getMessage(), failed);
    }
  }
}
