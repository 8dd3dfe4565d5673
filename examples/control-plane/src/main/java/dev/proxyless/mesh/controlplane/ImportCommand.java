package dev.proxyless.mesh.controlplane;

import static dev.proxyless.mesh.controlplane.NodeGuide.fields;

import dev.proxyless.mesh.OfflineMesh;
import dev.proxyless.mesh.appmesh.AppMeshDocuments;
import dev.proxyless.mesh.appmesh.NodeName;
import dev.proxyless.mesh.appmesh.Problem;
import dev.proxyless.mesh.appmesh.Translation;
import dev.proxyless.mesh.appmesh.Translator;
import dev.proxyless.mesh.appmesh.View;
import dev.proxyless.mesh.document.Json;
import dev.proxyless.mesh.proto.JsonWriter;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
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

/** {@code mesh import}. */
@Command(
    name = "import",
    mixinStandardHelpOptions = true,
    sortOptions = false,
    header = "Checks App Mesh documents and prints the xDS resources that they come to.",
    description = {
      "",
      "Each virtual node has its own. With --format json they are written whole, in proto3's JSON"
          + " mapping.",
      "",
    },
    exitCodeListHeading = "%nExit status:%n",
    exitCodeList = {
      "0:all documents can be used; what does not act is noted",
      "1:some cannot",
      "2:the directory cannot be read",
    },
    footerHeading = "%nExample:%n",
    footer = {
      "  mesh import examples/quickstart/apps",
      "  mesh import apps --node mesh/apps/virtualNode/serviceA --format json",
    })
final class ImportCommand implements Callable<Integer> {

  /** For whom documents are translated. */
  enum Audience {
    LIBRARY,
    ENVOY;

    @Override
    public String toString() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  @Parameters(paramLabel = "DIR", description = "The directory of documents.")
  private Path directory = Path.of(".");

  @Option(
      names = "--node",
      paramLabel = "NODE",
      description = "One virtual node, such as mesh/apps/virtualNode/serviceA (default: all).")
  private @Nullable String node;

  @Option(
      names = "--view",
      paramLabel = "library|envoy",
      description = "Whose view of the mesh (default: ${DEFAULT-VALUE}).")
  private Audience audience = Audience.LIBRARY;

  @Mixin private OutputOptions output = new OutputOptions();

  @Spec private CommandSpec spec = CommandSpec.create();

  @Override
  public Integer call() {
    AppMeshDocuments documents = DocumentDirectory.read(directory);
    List<NodeName> names =
        node == null
            ? DocumentDirectory.nodes(documents)
            : List.of(DocumentDirectory.node(node, documents));
    Map<NodeName, Translation> translations = new LinkedHashMap<>();
    Set<Problem> problems = new LinkedHashSet<>(documents.problems());
    for (NodeName name : names) {
      Translation translation = translate(documents, name);
      translations.put(name, translation);
      problems.addAll(translation.problems());
      OfflineMesh.of(translation)
          .refusals()
          .forEach(
              refusal -> problems.add(new Problem(Problem.Severity.ERROR, name.id(), refusal)));
    }
    if (output.isJson()) {
      json(documents, translations, problems);
    } else {
      text(documents, translations, problems);
    }
    return problems.stream().anyMatch(Problem::isError) ? ExitStatus.PROBLEMS : ExitStatus.GOOD;
  }

  private Translation translate(AppMeshDocuments documents, NodeName name) {
    View view = audience == Audience.LIBRARY ? View.LIBRARY : View.envoy(View.DEFAULT_PORT_OFFSET);
    return Translator.translate(documents, name, view).orElseThrow();
  }

  private void json(
      AppMeshDocuments documents, Map<NodeName, Translation> translations, Set<Problem> problems) {
    List<Object> nodes = new ArrayList<>();
    translations.forEach(
        (name, translation) ->
            nodes.add(
                fields(
                    "node",
                    name.id(),
                    "resources",
                    translation.resources().stream().map(ImportCommand::any).toList())));
    spec.commandLine()
        .getOut()
        .println(
            Json.pretty(
                fields(
                    "directory", directory.toString(),
                    "documents", documents.documentCount(),
                    "resources", DocumentDirectory.kinds(documents),
                    "view", audience.toString(),
                    "problems", problems.stream().map(JsonEvents::problem).toList(),
                    "nodes", nodes)));
  }

  /** A resource in the form of a {@code google.protobuf.Any}. */
  private static Map<String, Object> any(Translation.Resource resource) {
    Map<String, Object> any = fields("@type", resource.typeUrl());
    any.putAll(JsonWriter.write(resource.message()));
    return any;
  }

  private void text(
      AppMeshDocuments documents, Map<NodeName, Translation> translations, Set<Problem> problems) {
    PrintWriter out = spec.commandLine().getOut();
    Style style = output.style();
    out.println(directory + ": " + DocumentDirectory.inWords(documents));
    translations.forEach(
        (name, translation) -> {
          out.println();
          out.println(style.strong(name.id()));
          ResourceTable.lines(translation).forEach(line -> out.println("  " + line));
        });
    out.println();
    for (Problem problem : problems) {
      out.println(
          (problem.isError() ? style.bad("error") : style.note("note"))
              + " "
              + problem.where()
              + ": "
              + problem.message());
    }
    long errors = problems.stream().filter(Problem::isError).count();
    out.println(
        errors == 0
            ? style.good("no errors") + ", " + DocumentDirectory.count(problems.size(), "note")
            : style.bad(DocumentDirectory.count((int) errors, "error"))
                + ", "
                + DocumentDirectory.count(problems.size() - (int) errors, "note"));
  }
}
