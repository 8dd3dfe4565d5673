package dev.proxyless.mesh.controlplane;

import dev.proxyless.mesh.admin.ExplainedRequest;
import dev.proxyless.mesh.admin.Explanation;
import dev.proxyless.mesh.document.Json;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code mesh explain}. */
@Command(
    name = "explain",
    mixinStandardHelpOptions = true,
    sortOptions = false,
    header = "Says where a request would go, and why.",
    description = {
      "",
      "Names the virtual host, each route that was tried and the condition that it failed, the"
          + " cluster, timeout and retries. Nothing is sent, and of files nothing is looked up:"
          + " endpoints in Cloud Map or DNS are found when a request is made.",
      "",
    },
    exitCodeListHeading = "%nExit status:%n",
    exitCodeList = {
      "0:the request goes somewhere; of several, each was answered",
      "1:the one request does not, or a document cannot be used",
      "2:the configuration, the command line or a request cannot be used",
    },
    footerHeading = "%nExample:%n",
    footer = {
      "  mesh explain --config examples/quickstart/apps \\",
      "      --node mesh/apps/virtualNode/serviceA http://serviceb.apps.local:8000/orders",
      "  mesh explain --config envoy.yaml --listener egress --requests requests.jsonl",
    })
final class ExplainCommand implements Callable<Integer> {

  private static final Set<String> NOWHERE = Set.of("no_route", "no_cluster", "refuse");

  @Option(
      names = "--config",
      required = true,
      paramLabel = "PATH",
      description = {
        "A file of xDS resources in YAML or JSON (a RouteConfiguration; resources with their"
            + " @type; an Envoy bootstrap), a mesh.yaml, which is followed to its control plane, or"
            + " a directory of App Mesh documents. The content tells which."
      })
  private Path config = Path.of(".");

  @Option(
      names = "--node",
      paramLabel = "NODE",
      description =
          "Who asks, such as mesh/apps/virtualNode/serviceA; for documents that have several.")
  private @Nullable String node;

  @Option(
      names = "--listener",
      paramLabel = "NAME",
      description =
          "Which listener is asked, whatever port requests go to; for files that have several.")
  private @Nullable String listener;

  @Option(
      names = "--clusters",
      paramLabel = "FILE|A,B,C",
      description = {
        "The clusters that there are, by name or as a file of names or resources (default: those of"
            + " the file; where it has none, those that its routes name)."
      })
  private @Nullable String clusters;

  @Option(
      names = "--requests",
      paramLabel = "FILE",
      description = {
        "Requests to explain, one JSON object a line; - is standard input. Answers are one JSON"
            + " object a line, in the same order, each written as soon as its line was read."
      })
  private @Nullable String requests;

  @Option(
      names = {"-X", "--method"},
      paramLabel = "METHOD",
      description = "The method (default: GET).")
  private @Nullable String method;

  @Option(
      names = {"-H", "--header"},
      paramLabel = "'NAME: VALUE'",
      description = "A header; may be given several times.")
  private List<String> headers = new ArrayList<>();

  @Option(
      names = "--random",
      paramLabel = "N",
      description = {
        "The number from 0 to 2^64-1 that decides among weighted targets and runtime fractions"
            + " (default: a random one)."
      })
  private @Nullable String random;

  @Option(
      names = "--wait",
      paramLabel = "SECONDS",
      description = "How long a control plane has to answer (default: ${DEFAULT-VALUE}).")
  private int wait = 20;

  @Parameters(arity = "0..1", paramLabel = "URL", description = "What is asked for.")
  private @Nullable String url;

  @Mixin private OutputOptions output = new OutputOptions();

  @Spec private CommandSpec spec = CommandSpec.create();

  private final SecureRandom anyRandom = new SecureRandom();

  @Override
  public Integer call() {
    if ((url == null) == (requests == null)) {
      throw new UnusableInputException("right would be either a URL or --requests FILE");
    }
    if (requests != null && (method != null || !headers.isEmpty())) {
      throw new UnusableInputException(
          "--method and --header are for a URL; with --requests, each line has its own");
    }
    if (wait < 1) {
      throw new UnusableInputException("--wait is " + wait + "; right would be 1 or more");
    }
    long chosen = random == null ? anyRandom.nextLong() : unsigned(random);
    ExplainedRequest request = url == null ? null : request(url);
    try (ExplainSource source =
        ExplainSources.open(
            config,
            new ConfigSource.Choice(
                Optional.ofNullable(node),
                Optional.ofNullable(listener),
                Optional.ofNullable(clusters),
                Duration.ofSeconds(wait)))) {
      return request == null ? all(source) : one(source, request, chosen);
    }
  }

  private ExplainedRequest request(String asked) {
    try {
      return ExplainedRequest.of(method == null ? "GET" : method, asked, headers);
    } catch (IllegalArgumentException wrong) {
      throw new UnusableInputException(String.valueOf(wrong.getMessage()), wrong);
    }
  }

  static long unsigned(String text) {
    try {
      return Long.parseUnsignedLong(text);
    } catch (NumberFormatException notOne) {
      throw new UnusableInputException(
          "--random is \"" + text + "\"; right would be a number from 0 to 18446744073709551615",
          notOne);
    }
  }

  private int one(ExplainSource source, ExplainedRequest request, long chosen) {
    Explanation explanation = source.explain(request, chosen);
    if (output.isJson()) {
      json(source, request, chosen, explanation);
    } else {
      text(source, request, chosen, explanation);
    }
    return source.errors().isEmpty() && !NOWHERE.contains(explanation.action())
        ? ExitStatus.GOOD
        : ExitStatus.PROBLEMS;
  }

  private int all(ExplainSource source) {
    PrintWriter err = spec.commandLine().getErr();
    source.errors().forEach(error -> err.println("error " + error));
    PrintWriter out = new PrintWriter(spec.commandLine().getOut(), false);
    try {
      RequestLines.open(String.valueOf(requests), (file, lines) -> all(source, file, lines, out));
    } finally {
      out.flush();
    }
    return ExitStatus.GOOD;
  }

  private void all(ExplainSource source, String file, BufferedReader lines, PrintWriter out)
      throws IOException {
    int number = 0;
    for (String line = lines.readLine(); line != null; line = lines.readLine()) {
      number++;
      if (line.isBlank()) {
        continue;
      }
      RequestLines.Line read = RequestLines.read(file, number, line);
      long chosen =
          read.random().isPresent()
              ? read.random().getAsLong()
              : random == null ? anyRandom.nextLong() : unsigned(random);
      out.print(Json.line(source.explain(read.request(), chosen).toMap()));
      out.print('\n');
      if (!lines.ready()) {
        out.flush(); // who asked may wait for the answer
      }
    }
  }

  private void json(
      ExplainSource source, ExplainedRequest request, long chosen, Explanation explanation) {
    Map<String, @Nullable Object> json = new LinkedHashMap<>(source.fields());
    json.put("request", request.toString());
    json.put("random", new java.math.BigInteger(Long.toUnsignedString(chosen)));
    json.putAll(explanation.toMap());
    json.put("errors", source.errors());
    spec.commandLine().getOut().println(Json.pretty(json));
  }

  private void text(
      ExplainSource source, ExplainedRequest request, long chosen, Explanation explanation) {
    PrintWriter out = spec.commandLine().getOut();
    Style style = output.style();
    out.println(style.strong(request.toString()) + source.words());
    explanation.why().forEach(step -> out.println("  " + step));
    out.println(
        (NOWHERE.contains(explanation.action())
                ? style.bad(action(explanation))
                : style.good(action(explanation)))
            + (random == null && explanation.action().equals("forward")
                ? style.faint(" (as with --random " + Long.toUnsignedString(chosen) + ")")
                : ""));
    for (String error : source.errors()) {
      out.println(style.bad("error") + " " + error);
    }
  }

  private static String action(Explanation explanation) {
    String endpoints =
        explanation.endpoints().isEmpty()
            ? "whose endpoints are asked for at run time"
            : "at " + String.join(", ", explanation.endpoints());
    return switch (explanation.action()) {
      case "forward" -> "sent to cluster " + explanation.cluster() + ", " + endpoints;
      case "pass_through" -> "left alone: sent where it was going anyway";
      case "redirect" ->
          "redirected: " + status(explanation) + " to " + explanation.location().orElse("nowhere");
      case "direct_response" -> "answered by the mesh itself: " + status(explanation);
      case "refuse" -> "refused: " + status(explanation);
      case "no_cluster" ->
          "answered "
              + status(explanation)
              + (explanation.cluster().isEmpty()
                  ? ": no cluster is named"
                  : ": cluster " + explanation.cluster() + " is not known");
      default -> "answered 404: no route takes it";
    };
  }

  private static String status(Explanation explanation) {
    return explanation.status().isPresent()
        ? Integer.toString(explanation.status().getAsInt())
        : "?";
  }
}
