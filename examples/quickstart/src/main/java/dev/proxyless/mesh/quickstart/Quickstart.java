package dev.proxyless.mesh.quickstart;

import java.lang.management.ManagementFactory;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** Shows a mesh without proxies on loopback, and checks each line that it shows. */
@Command(
    name = "quickstart",
    mixinStandardHelpOptions = true,
    version = "0.1.0",
    sortOptions = false,
    description = {
      "Runs the mesh \"apps\" on loopback: App Mesh documents served as xDS by a child process, five"
          + " backends with mTLS, and a caller whose OkHttp client goes through the mesh. Needs no"
          + " network, no account and no proxy.",
      "",
    },
    exitCodeListHeading = "%nExit status:%n",
    exitCodeList = {"0:every line held", "1:a line did not", "2:an option cannot be used"},
    footerHeading = "%nExamples:%n",
    footer = {
      "  java -jar examples/quickstart/target/quickstart.jar --seed 42",
      "  java -jar examples/quickstart/target/quickstart.jar --break ejection",
      "  java -jar examples/quickstart/target/quickstart.jar --stay",
    })
public final class Quickstart implements Callable<Integer> {

  static final String REGION = "us-east-1";

  private static final int MAX_SCALE = 20;

  @Option(
      names = "--seed",
      paramLabel = "N",
      description = "Seed of the random numbers that split traffic (default: another each time).")
  private long seed = System.nanoTime() & 0xffff_ffffL;

  @Option(
      names = "--break",
      paramLabel = "NAME",
      description = {
        "Breaks one line, to show that its check bites:",
        "documents, first-call, split, ejection, shift, rotation, refusal or outage.",
      })
  private String broken = "";

  @Option(names = "--stay", description = "Keeps everything up and prints what to try.")
  private boolean stay;

  @Option(
      names = "--scale",
      paramLabel = "N",
      description = "Makes N times fewer calls, 1 to 20 (default: 1).")
  private int scale = 1;

  @Spec private CommandSpec spec = CommandSpec.create();

  private final Console console = Console.ofProcess();

  private Quickstart() {}

  /** Runs the quickstart, and ends the process with its exit status. */
  public static void main(String[] arguments) {
    // The AWS SDK signs its requests; Cloud Map's stand-in does not look.
    System.setProperty("aws.accessKeyId", "quickstart");
    System.setProperty("aws.secretAccessKey", "quickstart");
    // Else each answer of the JDK's HTTP server waits 40 ms for an acknowledgement.
    System.setProperty("sun.net.httpserver.nodelay", "true");
    System.exit(new CommandLine(new Quickstart()).execute(arguments));
  }

  /** Since the process was started. */
  static double secondsSinceStart() {
    long start = ManagementFactory.getRuntimeMXBean().getStartTime();
    return (System.currentTimeMillis() - start) / 1000.0;
  }

  @Override
  public Integer call() throws Exception {
    List<Act> acts = Act.all();
    check(acts);
    console.plain("");
    console.title("Proxyless Mesh quickstart: mesh \"apps\" on loopback, no proxy, no account");
    console.plain(
        "serviceA calls serviceb.apps.local: 3 tasks of serviceB, 2 of serviceBv2, mTLS.");
    console.plain(
        "Every line checks the caller's counters against the backends'. Seed " + seed + ".");
    console.plain("");
    try (Cleanup cleanup = new Cleanup()) {
      Runtime.getRuntime().addShutdownHook(new Thread(() -> end(cleanup), "quickstart-end"));
      Path jar = controlPlaneJar();
      World world = new World(jar, seed, broken, scale, cleanup);
      boolean held = show(acts, world);
      if (stay && world.isConnected()) {
        new Stay(world, jar, console).untilEnded();
      }
      return held ? 0 : 1;
    }
  }

  private void end(Cleanup cleanup) {
    console.mute();
    cleanup.close();
  }

  private void check(List<Act> acts) {
    List<String> names = acts.stream().map(Act::name).toList();
    if (!broken.isEmpty() && !names.contains(broken)) {
      throw new ParameterException(
          spec.commandLine(),
          "--break is \"" + broken + "\"; right would be one of " + String.join(", ", names));
    }
    if (scale < 1 || scale > MAX_SCALE) {
      throw new ParameterException(
          spec.commandLine(),
          "--scale is " + scale + "; right would be a number from 1 to " + MAX_SCALE);
    }
  }

  private boolean show(List<Act> acts, World world) {
    List<String> failed = new ArrayList<>();
    for (Act act : acts) {
      if (!held(act, world)) {
        failed.add(act.name());
      }
      if (!act.name().equals(DocumentsAct.NAME) && !world.isConnected()) {
        console.plain("    the lines after it were not tried");
        break;
      }
    }
    console.plain("");
    console.title(
        failed.isEmpty()
            ? Words.say("Every line held, %.1f s after start.", secondsSinceStart())
            : "Did not hold: " + String.join(", ", failed) + ".");
    return failed.isEmpty();
  }

  private boolean held(Act act, World world) {
    Progress progress = console.begin(act.name());
    try {
      console.end(act.name(), true, act.show(world, progress));
      return true;
    } catch (NotHeld notHeld) {
      console.end(act.name(), false, List.of(String.valueOf(notHeld.getMessage())));
    } catch (Exception failure) {
      console.end(act.name(), false, List.of(failure.toString()));
    }
    return false;
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
}
