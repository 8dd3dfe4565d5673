package dev.proxyless.mesh.controlplane;

import dev.proxyless.mesh.OfflineMesh;
import dev.proxyless.mesh.admin.RouteCheck;
import dev.proxyless.mesh.admin.RouteCheckReport;
import dev.proxyless.mesh.admin.RouteTest;
import dev.proxyless.mesh.admin.RouteTestReader;
import dev.proxyless.mesh.document.DocumentException;
import dev.proxyless.mesh.document.Json;
import dev.proxyless.mesh.route.InvalidRouteException;
import dev.proxyless.mesh.route.RouteTable;
import dev.proxyless.mesh.telemetry.MeshMeters;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.text.DecimalFormat;
import java.text.DecimalFormatSymbols;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code mesh check}. */
@Command(
    name = "check",
    mixinStandardHelpOptions = true,
    sortOptions = false,
    header = "Runs the tests of a route configuration.",
    description = {
      "",
      "Files are those of Envoy's router check tool, in YAML or JSON: one RouteConfiguration, and"
          + " {tests: [{test_name, input, validate}]}. Prints each assertion that does not hold and"
          + " the routes that no test reached.",
      "",
    },
    exitCodeListHeading = "%nExit status:%n",
    exitCodeList = {
      "0:all tests passed",
      "1:one failed, or too few routes were reached",
      "2:a file or the command line cannot be used",
    },
    footerHeading = "%nExample:%n",
    footer = {
      "  mesh check --routes routes.yaml --tests routes-test.yaml --fail-under 100",
    })
final class CheckCommand implements Callable<Integer> {

  private static final double MAX_PERCENT = 100;

  @Option(
      names = "--routes",
      required = true,
      paramLabel = "FILE",
      description = "A RouteConfiguration.")
  private Path routes = Path.of("");

  @Option(names = "--tests", required = true, paramLabel = "FILE", description = "The tests.")
  private Path tests = Path.of("");

  @Option(
      names = "--fail-under",
      paramLabel = "PERCENT",
      description = "The least share of routes that tests must reach (default: 0).")
  private double failUnder;

  @Mixin private OutputOptions output = new OutputOptions();

  @Spec private CommandSpec spec = CommandSpec.create();

  @Override
  public Integer call() {
    if (!(failUnder >= 0 && failUnder <= MAX_PERCENT)) {
      throw new UnusableInputException(
          "--fail-under is " + failUnder + "; right would be a number from 0 to 100");
    }
    RouteCheckReport report = run();
    if (output.isJson()) {
      spec.commandLine().getOut().println(Json.pretty(report.toMap()));
    } else {
      text(report);
    }
    return report.failed() == 0 && report.percent() >= failUnder
        ? ExitStatus.GOOD
        : ExitStatus.PROBLEMS;
  }

  private RouteCheckReport run() {
    try {
      RouteTable table = RouteTable.compile(OfflineMesh.routes(routes), MeshMeters.NONE);
      List<RouteTest> all = RouteTestReader.read(tests);
      return new RouteCheck(table).run(all);
    } catch (DocumentException unusable) {
      throw new UnusableInputException(String.valueOf(unusable.getMessage()), unusable);
    } catch (InvalidRouteException unusable) { // of a test's matcher: routes were compiled before
      throw new UnusableInputException(tests + ": " + unusable.getMessage(), unusable);
    }
  }

  private void text(RouteCheckReport report) {
    PrintWriter out = spec.commandLine().getOut();
    Style style = output.style();
    for (RouteCheckReport.Result result : report.results()) {
      if (!result.passed()) {
        out.println(style.bad("failed") + " " + style.strong(result.name()));
        result.failures().forEach(failure -> out.println("  " + failure));
      }
    }
    for (String missed : report.missed()) {
      out.println(style.note("not reached") + " " + missed);
    }
    String coverage =
        "route coverage "
            + percent(report.percent())
            + ": "
            + report.reached()
            + " of "
            + DocumentDirectory.count(report.coverage().size(), "route");
    out.println(
        report.percent() < failUnder
            ? style.bad(coverage + ", which is under " + percent(failUnder))
            : coverage);
    out.println(
        (report.failed() == 0
                ? style.good(report.passed() + " passed")
                : report.passed() + " passed")
            + ", "
            + (report.failed() == 0
                ? report.failed() + " failed"
                : style.bad(report.failed() + " failed")));
  }

  private static String percent(double percent) {
    return new DecimalFormat("0.##", DecimalFormatSymbols.getInstance(Locale.ROOT)).format(percent)
        + " %";
  }
}
