package dev.proxyless.mesh.quickstart;

import java.io.PrintStream;
import java.lang.management.ManagementFactory;
import java.net.URISyntaxException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Shows a mesh without proxies on loopback, and checks each line that it shows. */
@Command(
    name = "quickstart",
    mixinStandardHelpOptions = true,
    version = "0.1.0",
    description = {
      "Runs the mesh \"apps\" on loopback: App Mesh documents served as xDS by a child process, five"
          + " backends with mTLS, and a caller whose OkHttp client goes through the mesh.",
      "Exits with 0 only if every line held."
    },
    footer = {"", "Example:", "  java -jar examples/quickstart/target/quickstart.jar --stay"})
public final class Quickstart implements Callable<Integer> {

  static final String REGION = "us-east-1";

  @Option(names = "--seed", description = "Seed of the random numbers that split traffic.")
  private long seed = System.nanoTime() & 0xffff_ffffL;

  @Option(
      names = "--break",
      paramLabel = "NAME",
      description =
          "Breaks a line, to show that its check bites: documents, first-call, split, ejection, shift,"
              + " rotation, refusal or outage.")
  private String broken = "";

  @Option(names = "--stay", description = "Keeps everything up and prints what to try.")
  private boolean stay;

  @Option(names = "--scale", hidden = true, description = "Divides the numbers of calls.")
  private int scale = 1;

  @Option(names = "--control-plane", hidden = true, description = "The control plane's jar.")
  private Optional<Path> controlPlane = Optional.empty();

  private final PrintStream out;

  Quickstart(PrintStream out) {
    this.out = out;
  }

  /** Runs the quickstart. */
  public static void main(String[] arguments) {
    PrintStream out = new PrintStream(System.out, true, StandardCharsets.UTF_8);
    System.exit(run(out, arguments));
  }

  static int run(PrintStream out, String... arguments) {
    return new CommandLine(new Quickstart(out)).execute(arguments);
  }

  static double secondsSinceStart() {
    long start = ManagementFactory.getRuntimeMXBean().getStartTime();
    return (System.currentTimeMillis() - start) / 1000.0;
  }

  @Override
  public Integer call() throws Exception {
    List<Act> acts = Acts.all();
    if (!broken.isEmpty() && acts.stream().noneMatch(act -> act.name().equals(broken))) {
      System.err.println(
          "--break "
              + broken
              + ": there is no such line; right would be one of "
              + acts.stream().map(Act::name).toList());
      return 2;
    }
    Console console = new Console(out, Console.isTerminal());
    console.title(
        "Proxyless Mesh quickstart: mesh \"apps\" on loopback, no proxy, no account (seed "
            + seed
            + ")");
    // The AWS SDK signs its requests; the stand-in does not look.
    System.setProperty("aws.accessKeyId", "quickstart");
    System.setProperty("aws.secretAccessKey", "quickstart");
    console.begin("starting");
    Path jar = controlPlane.isPresent() ? controlPlane.get() : controlPlaneJar();
    try (World world = new World(jar, seed, broken, scale)) {
      for (Act act : acts) {
        if (!held(act, world, console)) {
          console.plain("");
          console.plain("  " + act.name() + " did not hold.");
          return 1;
        }
      }
      console.plain("");
      console.plain(String.format("  Every line held, %.1f s after start.", secondsSinceStart()));
      if (stay) {
        stay(world, console, jar);
      }
      return 0;
    }
  }

  private static boolean held(Act act, World world, Console console) {
    Progress progress = console.begin(act.name());
    try {
      console.end(act.name(), true, act.show(world, progress));
      return true;
    } catch (NotHeld notHeld) {
      console.end(act.name(), false, String.valueOf(notHeld.getMessage()));
      return false;
    } catch (Exception failure) {
      console.end(act.name(), false, failure.toString());
      return false;
    }
  }

  private static Path controlPlaneJar() throws URISyntaxException {
    Path here =
        Path.of(Quickstart.class.getProtectionDomain().getCodeSource().getLocation().toURI());
    Path jar = here.resolveSibling("../../control-plane/target/mesh.jar").normalize();
    if (!Files.exists(jar)) {
      throw new IllegalStateException(
          jar + " is missing; build it with the command of README's \"Run it\"");
    }
    return jar;
  }

  private static void stay(World world, Console console, Path jar) throws Exception {
    try (Front front = new Front(world.caller())) {
      Path tls = world.certificates().trust().getParent();
      console.plain("");
      console.plain("  Everything stays up until Ctrl-C. To try:");
      console.plain("");
      console.plain("  through the mesh     curl http://127.0.0.1:" + front.port() + "/");
      console.plain(
          "  a backend directly   curl -k --cert "
              + tls
              + "/servicea.pem --key "
              + tls
              + "/servicea-key.pem https://127.0.0.1:"
              + world.backends().get(0).port()
              + "/");
      console.plain(
          "  why it went there    java -jar "
              + jar
              + " explain --config "
              + world.apps().path()
              + " --node mesh/apps/virtualNode/serviceA "
              + Caller.URL);
      console.plain(
          "  move the split       sed -i 's/\"weight\": [0-9]*/\"weight\": 50/' "
              + world.apps().path()
              + "/update-route.json");
      console.plain(
          "  control plane        127.0.0.1:"
              + world.controlPlane().port()
              + " (xDS), process "
              + world.controlPlane().pid());
      console.plain("  Cloud Map stand-in   " + world.cloudMap());
      new CountDownLatch(1).await();
    }
  }
}
