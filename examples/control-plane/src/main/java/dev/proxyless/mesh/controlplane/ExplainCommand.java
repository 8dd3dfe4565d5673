package dev.proxyless.mesh.controlplane;

import static dev.proxyless.mesh.controlplane.NodeGuide.fields;

import dev.proxyless.mesh.OfflineMesh;
import dev.proxyless.mesh.admin.ExplainedRequest;
import dev.proxyless.mesh.admin.Explanation;
import dev.proxyless.mesh.appmesh.AppMeshDocuments;
import dev.proxyless.mesh.appmesh.NodeName;
import dev.proxyless.mesh.appmesh.Problem;
import dev.proxyless.mesh.appmesh.Translator;
import dev.proxyless.mesh.appmesh.View;
import dev.proxyless.mesh.document.Json;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
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
    header = "Says where a virtual node's request would go, and why.",
    description = {
      "",
      "Names the virtual host, each route that was tried and the condition that it failed, the"
          + " cluster, timeout and retries. Nothing is sent or looked up: endpoints in Cloud Map or"
          + " DNS are found when a request is made.",
      "",
    },
    exitCodeListHeading = "%nExit status:%n",
    exitCodeList = {
      "0:the request goes somewhere",
      "1:it does not, or a document cannot be used",
      "2:the documents, the node or the URL cannot be used",
    },
    footerHeading = "%nExample:%n",
    footer = {
      "  mesh explain --config examples/quickstart/apps \\",
      "      --node mesh/apps/virtualNode/serviceA http://serviceb.apps.local:8000/orders",
    })
final class ExplainCommand implements Callable<Integer> {

  private static final Set<String> NOWHERE = Set.of("no_route", "no_cluster");

  @Option(
      names = "--config",
      required = true,
      paramLabel = "PATH",
      description = "A directory of App Mesh documents.")
  private Path config = Path.of(".");

  @Option(
      names = "--node",
      required = true,
      paramLabel = "NODE",
      description = "Who asks, such as mesh/apps/virtualNode/serviceA.")
  private String node = "";

  @Option(
      names = {"-X", "--method"},
      paramLabel = "METHOD",
      description = "The method (default: ${DEFAULT-VALUE}).")
  private String method = "GET";

  @Option(
      names = {"-H", "--header"},
      paramLabel = "'NAME: VALUE'",
      description = "A header; may be given several times.")
  private List<String> headers = new ArrayList<>();

  @Option(
      names = "--random",
      paramLabel = "N",
      description = "The number that picks among weighted targets (default: a random one).")
  private @Nullable Long random;

  @Parameters(paramLabel = "URL", description = "What is asked for.")
  private String url = "";

  @Mixin private OutputOptions output = new OutputOptions();

  @Spec private CommandSpec spec = CommandSpec.create();

  @Override
  public Integer call() {
    AppMeshDocuments documents = DocumentDirectory.read(config);
    NodeName name = DocumentDirectory.node(node, documents);
    ExplainedRequest request = request();
    OfflineMesh mesh =
        OfflineMesh.of(Translator.translate(documents, name, View.LIBRARY).orElseThrow());
    long chosen = random == null ? new SecureRandom().nextInt(Integer.MAX_VALUE) : random;
    Explanation explanation = Explanation.of(mesh.view(), request, chosen);
    List<String> errors = new ArrayList<>();
    documents.problems().stream()
        .filter(Problem::isError)
        .forEach(problem -> errors.add(problem.where() + ": " + problem.message()));
    mesh.refusals().forEach(refusal -> errors.add(name.id() + ": " + refusal));
    if (output.isJson()) {
      json(name, request, chosen, explanation, errors);
    } else {
      text(name, request, chosen, explanation, errors);
    }
    return errors.isEmpty() && !NOWHERE.contains(explanation.action())
        ? ExitStatus.GOOD
        : ExitStatus.PROBLEMS;
  }

  private ExplainedRequest request() {
    try {
      return ExplainedRequest.of(method, url, headers);
    } catch (IllegalArgumentException wrong) {
      throw new UnusableInputException(String.valueOf(wrong.getMessage()), wrong);
    }
  }

  private void json(
      NodeName name,
      ExplainedRequest request,
      long chosen,
      Explanation explanation,
      List<String> errors) {
    Map<String, Object> json =
        fields("node", name.id(), "request", request.toString(), "random", chosen);
    json.putAll(explanation.toMap());
    json.put("errors", errors);
    spec.commandLine().getOut().println(Json.pretty(json));
  }

  private void text(
      NodeName name,
      ExplainedRequest request,
      long chosen,
      Explanation explanation,
      List<String> errors) {
    PrintWriter out = spec.commandLine().getOut();
    Style style = output.style();
    out.println(style.strong(request.toString()) + " as " + name.id());
    explanation.why().forEach(step -> out.println("  " + step));
    out.println(
        (NOWHERE.contains(explanation.action())
                ? style.bad(action(explanation))
                : style.good(action(explanation)))
            + (random == null && explanation.action().equals("forward")
                ? style.faint(" (as with --random " + chosen + ")")
                : ""));
    for (String error : errors) {
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
      case "redirect" -> "redirected";
      case "direct_response" -> "answered by the mesh itself";
      case "no_cluster" -> "answered 503: cluster " + explanation.cluster() + " is not known";
      default -> "answered 404: no route takes it";
    };
  }
}
