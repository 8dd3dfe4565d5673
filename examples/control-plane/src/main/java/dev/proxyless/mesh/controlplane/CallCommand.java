package dev.proxyless.mesh.controlplane;

import java.io.PrintWriter;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.Callable;
import okhttp3.Request;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code mesh call}. */
@Command(
    name = "call",
    mixinStandardHelpOptions = true,
    sortOptions = false,
    header = "Sends requests through the mesh.",
    description = {
      "",
      "Sends one request as curl does: the body of the response goes to standard output. The"
          + " library's own code decides where it goes, retries it and bounds its time.",
      "",
    },
    exitCodeListHeading = "%nExit status:%n",
    exitCodeList = {
      "0:a whole response came, whatever its status; of --requests, each was answered",
      "1:the mesh had none to give, its body broke off, or --fail and its status is 400 or more",
      "2:the configuration, the command line or a request cannot be used",
    },
    footerHeading = "%nExample:%n",
    footer = {
      "  mesh call --config envoy.yaml --verbose http://orders.internal/cart",
      "  mesh call --config examples/quickstart/apps \\",
      "      --node mesh/apps/virtualNode/serviceA \\",
      "      --repeat 10000 --concurrency 16 http://serviceb.apps.local:8000/",
      "  mesh call --config mesh.yaml --requests requests.jsonl > answers.jsonl",
    })
final class CallCommand implements Callable<Integer> {

  private static final int MAX_REPEAT = 10_000_000;
  private static final int MAX_CONCURRENCY = 1_000;

  @Option(
      names = "--config",
      required = true,
      paramLabel = "PATH",
      description = {
        "A file of xDS resources in YAML or JSON (an Envoy bootstrap; resources with their @type,"
            + " clusters among them), a mesh.yaml, which is followed to its control plane, or a"
            + " directory of App Mesh documents. The content tells which."
      })
  private Path config = Path.of(".");

  @Option(
      names = "--node",
      paramLabel = "NODE",
      description =
          "Who calls, such as mesh/apps/virtualNode/serviceA; for documents that have several.")
  private @Nullable String node;

  @Option(
      names = "--listener",
      paramLabel = "NAME",
      description =
          "Which listener takes the requests, whatever port they go to; for files that have"
              + " several.")
  private @Nullable String listener;

  @Option(
      names = {"-X", "--method"},
      paramLabel = "METHOD",
      description = "The method (default: GET; with --data, POST).")
  private @Nullable String method;

  @Option(
      names = {"-H", "--header"},
      paramLabel = "'NAME: VALUE'",
      description = "A header; may be given several times. Host stands for the URL's own.")
  private List<String> headers = new ArrayList<>();

  @Option(
      names = {"-d", "--data"},
      paramLabel = "BODY|@FILE",
      description = {
        "The body, or the file that has it; @- is standard input. Without a header that says"
            + " otherwise it is application/x-www-form-urlencoded, as with curl."
      })
  private @Nullable String data;

  @Option(
      names = {"-i", "--include"},
      description = "Writes the response's status and headers before its body.")
  private boolean include;

  @Option(
      names = {"-f", "--fail"},
      description = "Ends with status 1 also where the response's status is 400 or more.")
  private boolean fail;

  @Option(
      names = {"-v", "--verbose"},
      description = {
        "Tells on standard error of each try: endpoint, outcome, times and why it was retried."
      })
  private boolean verbose;

  @Option(
      names = "--random",
      paramLabel = "N",
      description = {
        "The number from 0 to 2^64-1 that decides among weighted targets and runtime fractions, as"
            + " for mesh explain (default: a random one for each request)."
      })
  private @Nullable String random;

  @Option(
      names = "--repeat",
      paramLabel = "N",
      description = {
        "Sends the request N times and shows the split over clusters and endpoints, statuses, flags"
            + " and latency in place of the body."
      })
  private @Nullable Integer repeat;

  @Option(
      names = "--concurrency",
      paramLabel = "C",
      description = "How many requests are under way at a time (default: ${DEFAULT-VALUE}).")
  private int concurrency = 1;

  @Option(
      names = "--requests",
      paramLabel = "FILE",
      description = {
        "Requests to send, one JSON object a line, as for mesh explain and with a body; - is"
            + " standard input. Answers are one JSON object a line, in the same order."
      })
  private @Nullable String requests;

  @Option(
      names = "--json",
      description = "Writes one JSON object: the response, or what --repeat found.")
  private boolean json;

  @Option(
      names = "--max-time",
      paramLabel = "SECONDS",
      description = "How long a call may take, body included (default: as the mesh says).")
  private double maxTime;

  @Option(
      names = "--wait",
      paramLabel = "SECONDS",
      description = "How long configuration may take to come (default: ${DEFAULT-VALUE}).")
  private int wait = 20;

  @Parameters(arity = "0..1", paramLabel = "URL", description = "What is asked for.")
  private @Nullable String url;

  @Spec private CommandSpec spec = CommandSpec.create();

  @Override
  public Integer call() throws InterruptedException {
    check();
    Request request = url == null ? null : TypedRequest.of(url, method, headers, data);
    try (CallSource source =
        CallSource.open(
            config,
            new ConfigSource.Choice(
                Optional.ofNullable(node),
                Optional.ofNullable(listener),
                Optional.empty(),
                Duration.ofSeconds(wait)))) {
      source.errors().forEach(error -> err().println("error " + error));
      Caller caller =
          new Caller(
              source.mesh(),
              Duration.ofNanos((long) (maxTime * 1e9)),
              verbose ? Optional.of(err()) : Optional.empty());
      CallModes modes = new CallModes(caller, out(), err(), verbose);
      if (request == null) {
        return modes.all(String.valueOf(requests), concurrency);
      }
      return repeat == null
          ? modes.one(request, choice(), new CallModes.Shown(include, json, fail))
          : modes.many(request, choice(), repeat, concurrency, json);
    }
  }

  private PrintWriter err() {
    return spec.commandLine().getErr();
  }

  private PrintWriter out() {
    return spec.commandLine().getOut();
  }

  private void check() {
    if ((url == null) == (requests == null)) {
      throw new UnusableInputException("right would be either a URL or --requests FILE");
    }
    if (requests != null
        && (method != null || !headers.isEmpty() || data != null || random != null)) {
      throw new UnusableInputException(
          "--method, --header, --data and --random are for a URL; with --requests, each line has"
              + " its own");
    }
    if (requests != null && (repeat != null || include || json || fail)) {
      throw new UnusableInputException(
          "--repeat, --include, --fail and --json are for a URL; right would be to leave them out");
    }
    if (repeat == null && requests == null && concurrency != 1) {
      throw new UnusableInputException("--concurrency is for --repeat and --requests");
    }
    inRange("--repeat", repeat == null ? 1 : repeat, MAX_REPEAT);
    inRange("--concurrency", concurrency, MAX_CONCURRENCY);
    inRange("--wait", wait, Integer.MAX_VALUE);
    if (!(maxTime >= 0 && maxTime < Integer.MAX_VALUE)) {
      throw new UnusableInputException(
          "--max-time is " + maxTime + "; right would be a number of seconds from 0");
    }
  }

  private static void inRange(String option, int value, int most) {
    if (value < 1 || value > most) {
      throw new UnusableInputException(
          option + " is " + value + "; right would be a number from 1 to " + most);
    }
  }

  private CallRecord.Choice choice() {
    OptionalLong chosen =
        random == null ? OptionalLong.empty() : OptionalLong.of(ExplainCommand.unsigned(random));
    return new CallRecord.Choice(chosen, Optional.empty());
  }
}
