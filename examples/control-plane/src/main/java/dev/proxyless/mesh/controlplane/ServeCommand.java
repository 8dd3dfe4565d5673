package dev.proxyless.mesh.controlplane;

import dev.proxyless.mesh.appmesh.View;
import dev.proxyless.mesh.discovery.CloudMapSettings;
import java.io.PrintWriter;
import java.net.URI;
import java.nio.file.Path;
import java.time.Clock;
import java.time.ZoneId;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code mesh serve}. */
@Command(
    name = "serve",
    mixinStandardHelpOptions = true,
    sortOptions = false,
    header = "Serves a directory of App Mesh documents to this library and to Envoy.",
    description = {
      "",
      "A client says which virtual node it is by its node id, mesh/MESH/virtualNode/NODE or the"
          + " node's ARN. The library gets App Mesh's own listeners and asks Cloud Map itself; Envoy"
          + " gets a listener on a loopback port for each port of its backends, and endpoints from"
          + " Cloud Map. The directory is watched: what changed is pushed, and a document that cannot"
          + " be used is told and leaves in force what was good.",
      "",
      "The server speaks plaintext and knows no users: keep it on loopback or on a network that you"
          + " trust.",
      "",
    },
    footerHeading = "%nExample:%n",
    footer = {
      "  mesh serve examples/quickstart/apps",
      "  mesh serve apps --cloud-map-endpoint http://127.0.0.1:5000 \\",
      "      --cloud-map-region eu-west-1",
    })
final class ServeCommand implements Callable<Integer> {

  @Parameters(paramLabel = "DIR", description = "The directory of documents.")
  private Path directory = Path.of(".");

  @Option(
      names = "--host",
      paramLabel = "ADDRESS",
      description = "The address to listen on (default: ${DEFAULT-VALUE}).")
  private String host = "127.0.0.1";

  @Option(
      names = "--port",
      paramLabel = "PORT",
      description = "The port to listen on; 0 picks a free one (default: ${DEFAULT-VALUE}).")
  private int port = 18_000;

  @Option(
      names = "--cloud-map-endpoint",
      paramLabel = "URL",
      description = "Where Cloud Map is asked for Envoy's endpoints, in place of AWS.")
  private @Nullable URI cloudMapEndpoint;

  @Option(
      names = "--cloud-map-region",
      paramLabel = "REGION",
      description = "The AWS region of Cloud Map (default: the AWS SDK's own search).")
  private @Nullable String cloudMapRegion;

  @Option(
      names = "--no-cloud-map",
      description = "Does not ask Cloud Map; Envoy gets no endpoints of services there.")
  private boolean noCloudMap;

  @Option(
      names = "--envoy-port-offset",
      paramLabel = "N",
      description =
          "Envoy listens on 127.0.0.1, on a service's port plus N (default: ${DEFAULT-VALUE}).")
  private int envoyPortOffset = View.DEFAULT_PORT_OFFSET;

  @Mixin private OutputOptions output = new OutputOptions();

  @Spec private CommandSpec spec = CommandSpec.create();

  @Override
  public Integer call() {
    PrintWriter out = spec.commandLine().getOut();
    EventSink events =
        output.isJson()
            ? new JsonEvents(out, Clock.systemUTC())
            : new TextEvents(out, output.style(), Clock.system(ZoneId.systemDefault()));
    ControlPlane served = ControlPlane.start(settings(), events);
    Thread atEnd = new Thread(() -> endOfProcess(served, events), "mesh-end");
    Runtime.getRuntime().addShutdownHook(atEnd);
    try {
      new CountDownLatch(1).await();
    } catch (InterruptedException ended) {
      Runtime.getRuntime().removeShutdownHook(atEnd);
      served.close();
      events.tell(new Event.Stopped());
    }
    return ExitStatus.GOOD;
  }

  /** A signal to end is the way to end, so it leaves the status of success. */
  private static void endOfProcess(ControlPlane served, EventSink events) {
    served.close();
    events.tell(new Event.Stopped());
    Runtime.getRuntime().halt(ExitStatus.GOOD);
  }

  private ServeSettings settings() {
    inRange("--port", port);
    inRange("--envoy-port-offset", envoyPortOffset);
    return new ServeSettings(
        directory,
        host,
        port,
        noCloudMap
            ? Optional.empty()
            : Optional.of(
                new CloudMapSettings(
                    Optional.ofNullable(cloudMapEndpoint),
                    Optional.ofNullable(cloudMapRegion),
                    CloudMapSettings.DEFAULT_REFRESH_INTERVAL)),
        envoyPortOffset);
  }

  private static void inRange(String option, int value) {
    if (value < 0 || value > 65_535) {
      throw new UnusableInputException(
          option + " is " + value + "; right would be a number from 0 to 65535");
    }
  }
}
