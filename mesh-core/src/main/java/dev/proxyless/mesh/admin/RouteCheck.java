package dev.proxyless.mesh.admin;

import dev.proxyless.mesh.admin.RouteCheckReport.Failure;
import dev.proxyless.mesh.admin.RouteTest.Field;
import dev.proxyless.mesh.admin.RouteTest.HeaderAssertion;
import dev.proxyless.mesh.model.HeaderMatcher;
import dev.proxyless.mesh.model.RouteAction;
import dev.proxyless.mesh.model.RuntimeFraction;
import dev.proxyless.mesh.model.VirtualCluster;
import dev.proxyless.mesh.route.HeaderEdits;
import dev.proxyless.mesh.route.HeaderTest;
import dev.proxyless.mesh.route.RequestHead;
import dev.proxyless.mesh.route.ResponseInfo;
import dev.proxyless.mesh.route.RouteEntry;
import dev.proxyless.mesh.route.RouteTable;
import dev.proxyless.mesh.route.RouteTarget;
import dev.proxyless.mesh.route.StreamInfo;
import dev.proxyless.mesh.route.Surroundings;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Runs tests of a route configuration, with the meaning that they have in Envoy's router check
 * tool:
 *
 * <ul>
 *   <li>the connection manager has no part in it, and clusters are not looked for;
 *   <li>a runtime fraction holds where its key is the test's and the random number is within it, a
 *       numerator of 0 counting as 1;
 *   <li>the host's name, cluster, rewrites and virtual cluster are those of a route that forwards:
 *       a redirect or direct response has none. Virtual clusters and headers are looked at after
 *       the route's mutations;
 *   <li>{@code path_redirect} of a direct response is the request's own URL;
 *   <li>a direct response has the status, content type and content length of a local reply.
 * </ul>
 *
 * Used by one thread.
 */
public final class RouteCheck {

  /** The tool's requests come from here. */
  private static final Surroundings LOOPBACK =
      new Surroundings() {
        @Override
        public String callerAddress() {
          return "127.0.0.1";
        }
      };

  private final RouteTable table;
  private final RouteCoverage coverage;
  private final Map<HeaderMatcher, HeaderTest> compiled = new HashMap<>();

  /** Checks of a table. */
  public RouteCheck(RouteTable table) {
    this.table = table;
    coverage = new RouteCoverage(table);
  }

  /** Runs all tests of a list, in order. */
  public RouteCheckReport run(List<RouteTest> tests) {
    List<RouteCheckReport.Result> results = new ArrayList<>();
    for (RouteTest test : tests) {
      results.add(new RouteCheckReport.Result(test.name(), new Run(test).failures()));
    }
    return new RouteCheckReport(List.copyOf(results), coverage.targets());
  }

  private HeaderTest compile(HeaderMatcher matcher, String field) {
    return compiled.computeIfAbsent(matcher, each -> HeaderTest.compile(each, field));
  }

  /** The key of the test is in force; all others are not. */
  private static boolean takes(String key, RuntimeFraction fraction, long random) {
    long numerator = Math.max(1, fraction.defaultValue().numerator());
    return !key.isEmpty()
        && fraction.runtimeKey().equals(key)
        && Long.remainderUnsigned(random, fraction.defaultValue().denominator()) < numerator;
  }

  /** One test under way. */
  private final class Run {
    private final RouteTest.Expected expected;
    private final List<Failure> failures = new ArrayList<>();
    private final RequestHead head;
    private final StreamInfo info;
    private final @Nullable RouteEntry route;
    private final TestedHead request;
    private TestedHead response;
    private String cluster = "";

    Run(RouteTest test) {
      expected = test.expected();
      head = test.input().request();
      request = TestedHead.ofRequest(head);
      response = TestedHead.ofResponse(test.input().responseHeaders());
      info =
          new StreamInfo(
              test.input().random(),
              test.input().internal(),
              new StreamInfo.Around(
                  Optional.empty(),
                  test.input().dynamicMetadata(),
                  Map.of(),
                  (fraction, random) -> takes(test.input().runtime(), fraction, random),
                  LOOPBACK));
      route = table.find(head, info);
      if (route != null) {
        follow(route);
      }
    }

    private void follow(RouteEntry taken) {
      if (taken.action() instanceof RouteAction.Forward) {
        RouteTarget target = taken.target(head, info);
        cluster = target.cluster();
        coverage.reached(taken, cluster);
        HeaderEdits edits = HeaderEdits.of(head);
        RouteEntry.Rewritten line = taken.finalizeRequest(head, info, target, edits, true);
        request.apply(edits.list());
        request.rewrite(line.authority(), line.path());
        mutateResponse(taken, target);
      } else {
        coverage.reached(taken, "");
        localReply(taken);
        mutateResponse(taken, null);
      }
    }

    private void mutateResponse(RouteEntry taken, @Nullable RouteTarget target) {
      HeaderEdits edits = HeaderEdits.of(response);
      taken.finalizeResponse(
          request, info, target, edits, new ResponseInfo(status(), "", "", "", 1));
      response.apply(edits.list());
    }

    private void localReply(RouteEntry taken) {
      response.add(":status", Integer.toString(status()));
      if (taken.action() instanceof RouteAction.DirectResponse) {
        String body = taken.directReply(head, info).body();
        if (!body.isEmpty()) {
          int length = body.getBytes(StandardCharsets.UTF_8).length;
          response.add("content-length", Integer.toString(length));
          response.add("content-type", "text/plain");
        }
      }
    }

    private int status() {
      if (route == null) {
        return 0;
      }
      if (route.action() instanceof RouteAction.Redirect redirect) {
        return redirect.status();
      }
      return route.action() instanceof RouteAction.DirectResponse direct ? direct.status() : 0;
    }

    List<Failure> failures() {
      for (Field field : Field.values()) {
        String wanted = expected.texts().get(field);
        if (wanted != null) {
          compare(field.name().toLowerCase(Locale.ROOT), wanted, actual(field));
        }
      }
      expected
          .redirectCode()
          .ifPresent(
              code -> compare("code_redirect", Integer.toString(code), Integer.toString(status())));
      expected.requestHeaders().forEach(each -> header(each, request));
      expected.responseHeaders().forEach(each -> header(each, response));
      return List.copyOf(failures);
    }

    private void compare(String field, String wanted, String actual) {
      if (!wanted.equals(actual)) {
        failures.add(new Failure(field, quoted(wanted), quoted(actual)));
      }
    }

    private String actual(Field field) {
      if (route == null) {
        return "";
      }
      if (!(route.action() instanceof RouteAction.Forward)) {
        return field == Field.PATH_REDIRECT ? route.redirectLocation(head, info) : "";
      }
      return switch (field) {
        case CLUSTER_NAME -> cluster;
        case VIRTUAL_CLUSTER_NAME -> virtualCluster(route.virtualHost().virtualClusters());
        case VIRTUAL_HOST_NAME -> route.virtualHost().name();
        case PATH_REWRITE -> request.path();
        case HOST_REWRITE -> request.authority();
        case PATH_REDIRECT -> "";
      };
    }

    private String virtualCluster(List<VirtualCluster> all) {
      for (VirtualCluster each : all) {
        if (each.headers().stream()
            .allMatch(matcher -> compile(matcher, "virtual_clusters").test(request))) {
          return each.name();
        }
      }
      return all.isEmpty() ? "" : "other";
    }

    private void header(HeaderAssertion assertion, TestedHead lines) {
      String actual = lines.first(assertion.name());
      if (assertion.matcher().isEmpty()) {
        compare(assertion.field(), assertion.value(), actual == null ? "" : actual);
        return;
      }
      HeaderTest test = compile(assertion.matcher().get(), assertion.field());
      if (!test.test(lines)) {
        failures.add(
            new Failure(
                assertion.field(),
                test.describe(),
                actual == null
                    ? "there is no header " + assertion.name()
                    : assertion.name() + ": " + values(assertion.name(), lines, actual)));
      }
    }

    private static String values(String name, TestedHead lines, String first) {
      List<String> all = new ArrayList<>();
      for (int i = 0; i < lines.headerCount(); i++) {
        if (lines.headerName(i).equals(name)) {
          all.add(lines.headerValue(i));
        }
      }
      return all.size() < 2 ? first : String.join("; then ", all);
    }

    private static String quoted(String text) {
      return text.isEmpty() ? "none" : "\"" + text + "\"";
    }
  }
}
