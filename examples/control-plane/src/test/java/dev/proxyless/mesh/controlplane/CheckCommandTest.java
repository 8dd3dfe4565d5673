package dev.proxyless.mesh.controlplane;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.proxyless.mesh.document.Node;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What {@code mesh check} makes of tests in the format of Envoy's router check tool. */
class CheckCommandTest {

  private static final String ROUTES =
      """
      virtual_hosts:
      - name: shop
        domains: [shop.example]
        request_headers_to_add: [{header: {key: x-shop, value: "1"}}]
        response_headers_to_add: [{header: {key: x-served, value: mesh}}]
        virtual_clusters:
        - {name: put, headers: [{name: ":method", string_match: {exact: PUT}}]}
        - {name: bought, headers: [{name: ":path", string_match: {exact: /buy}}]}
        routes:
        - match: {prefix: /cart}
          route: {cluster: carts, prefix_rewrite: /c, host_rewrite_literal: carts.internal}
        - match: {path: /buy}
          route: {cluster_header: x-cluster}
        - match: {path: /half, runtime_fraction: {runtime_key: half, default_value: {numerator: 50}}}
          route: {cluster: new-half}
        - match: {path: /half}
          route: {cluster: old-half}
        - match: {path: /off, runtime_fraction: {runtime_key: "off", default_value: {numerator: 0}}}
          route: {cluster: new-off}
        - match: {path: /split}
          name: split
          route:
            weighted_clusters:
              clusters: [{name: blue, weight: 30}, {name: green, weight: 70}]
        - match: {path: /old}
          redirect: {path_redirect: /new, response_code: FOUND}
        - match: {path: /tea}
          direct_response: {status: 418, body: {inline_string: short and stout}}
        - match: {path: /version, headers: [{name: x-version, string_match: {exact: "2"}}]}
          route: {cluster: v2}
        - match: {path: /secure, headers: [{name: ":scheme", string_match: {exact: https}}]}
          route: {cluster: secure}
      - name: locked
        domains: [locked.example]
        require_tls: ALL
        routes:
        - match: {prefix: /}
          route: {cluster: locked}
      """;

  @TempDir Path directory;

  @ParameterizedTest(name = "{1}")
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "path: '/cart/1?a=b'   | cluster_name: carts",
        "path: '/cart/1?a=b'   | path_rewrite: '/c/1?a=b'",
        "path: /cart/1         | host_rewrite: carts.internal",
        "path: /version, additional_request_headers: [{key: x-version, value: '2'}]"
            + " | host_rewrite: shop.example",
        "path: /cart           | virtual_host_name: shop",
        "path: /cart           | path_redirect: ''",
        "path: /cart           | virtual_cluster_name: other",
        "path: /cart, method: PUT | virtual_cluster_name: put",
        "path: /buy            | virtual_cluster_name: bought",
        "path: /buy            | cluster_name: ''",
        "path: /buy, additional_request_headers: [{key: X-Cluster, value: c}] | cluster_name: c",
        "path: /none           | cluster_name: ''",
        "path: /none           | virtual_host_name: ''",
        "path: /none           | path_rewrite: ''",
        "path: /none           | code_redirect: 0",
        "path: /half           | cluster_name: old-half",
        "path: /half, runtime: half | cluster_name: new-half",
        "path: /half, runtime: half, random_value: 49 | cluster_name: new-half",
        "path: /half, runtime: half, random_value: 50 | cluster_name: old-half",
        "path: /half, runtime: other | cluster_name: old-half",
        "path: /off, runtime: 'off' | cluster_name: new-off",
        "path: /off, runtime: 'off', random_value: 1 | cluster_name: ''",
        "path: /split          | cluster_name: blue",
        "path: /split, random_value: 30 | cluster_name: green",
        "path: /split, random_value: '18446744073709551615' | cluster_name: blue",
        "path: /split, random_value: 18446744073709551600 | cluster_name: blue",
        "path: /split, random_value: 18446744073709551599 | cluster_name: green",
        "path: '/old?x'        | path_redirect: 'http://shop.example/new?x'",
        "path: /old, ssl: true | path_redirect: 'https://shop.example/new'",
        "path: /old            | code_redirect: 302",
        "path: /old            | virtual_host_name: ''",
        "path: /old            | path_rewrite: ''",
        "path: /tea            | code_redirect: 418",
        "path: /tea            | path_redirect: 'http://shop.example/tea'",
        "path: /tea            | cluster_name: ''",
        "path: /secure         | cluster_name: ''",
        "path: /secure, ssl: true | cluster_name: secure",
        "path: /secure, additional_request_headers: [{key: ':scheme', value: https}]"
            + " | cluster_name: secure",
        "path: /x, additional_request_headers: [{key: ':path', value: /cart}] | cluster_name: carts",
        "path: /cart | request_header_matches: [{name: x-shop, string_match: {exact: '1'}}]",
        "path: /cart | request_header_matches: [{name: ':path', string_match: {exact: /c}}]",
        "path: /cart | request_header_matches: [{name: x-envoy-original-path, string_match:"
            + " {exact: /cart}}]",
        "path: /cart | request_header_matches: [{name: ':authority', string_match: {exact:"
            + " carts.internal}}]",
        "path: /cart | request_header_matches: [{name: x-forwarded-proto, string_match: {exact:"
            + " http}}]",
        "path: /cart | request_header_matches: [{name: x-envoy-internal, present_match: false}]",
        "path: /cart, internal: true | request_header_matches: [{name: x-envoy-internal, string_match:"
            + " {exact: 'true'}}]",
        "path: /cart | request_header_matches: [{name: x-none, present_match: true, invert_match: true}]",
        "path: /cart | request_header_fields: [{key: x-shop, value: '1'}, {key: x-none, value: ''}]",
        "path: /cart | custom_header_fields: [{key: X-Shop, value: '1'}]",
        "path: /cart | response_header_matches: [{name: x-served, string_match: {exact: mesh}}]",
        "path: /cart, additional_response_headers: [{key: x-a, value: b}]"
            + " | response_header_matches: [{name: x-a, string_match: {prefix: b}}]",
        "path: /cart, additional_response_headers: [{key: x-a, value: b}]"
            + " | response_header_fields: [{key: x-a, value: b}]",
        "path: /tea | response_header_matches: [{name: content-type, string_match: {exact:"
            + " text/plain}}, {name: content-length, range_match: {start: 15, end: 16}},"
            + " {name: x-served, present_match: true}]",
      })
  void whatAnAssertionMeans(String input, String validate) {
    String test = "{authority: shop.example, method: GET, " + input + "}";
    if (input.contains("method:")) {
      test = test.replace("method: GET, ", "");
    }

    CommandRun run = check(ROUTES, tests(test, "{" + validate + "}"));

    assertEquals(0, run.status(), run::toString);
    assertTrue(run.out().endsWith("\n1 passed, 0 failed\n"), run::out);
  }

  @Test
  void aPartOfTheRequestLineMayNameTheCluster() {
    String routes =
        """
        virtual_hosts:
        - name: v
          domains: ["*"]
          routes: [{match: {prefix: /}, route: {cluster_header: ":authority"}}]
        """;

    assertPasses(routes, "{authority: c, path: /, method: GET}", "{cluster_name: c}");
  }

  @Test
  void requestsComeFromLoopback() {
    String routes =
        """
        virtual_hosts:
        - name: v
          domains: ["*"]
          request_headers_to_add:
          - header: {key: x-ip, value: "%DOWNSTREAM_REMOTE_ADDRESS_WITHOUT_PORT%"}
          - header: {key: x-direct, value: "%DOWNSTREAM_DIRECT_REMOTE_ADDRESS_WITHOUT_PORT%"}
          routes: [{match: {prefix: /}, route: {cluster: c}}]
        """;

    assertPasses(
        routes,
        "{authority: c, path: /, method: GET}",
        "{custom_header_fields: [{key: x-ip, value: 127.0.0.1}, {key: x-direct, value: 127.0.0.1}]}");
  }

  @Test
  void whereTlsIsRequiredTheAnswerIsARedirect() {
    String plain = "{authority: locked.example, path: /a, method: GET}";
    String secure = "{authority: locked.example, path: /a, method: GET, ssl: true}";

    assertEquals(
        0,
        check(
                ROUTES,
                tests(
                    plain,
                    "{cluster_name: '', path_redirect: 'https://locked.example/a', code_redirect: 301}"))
            .status());
    assertEquals(0, check(ROUTES, tests(secure, "{cluster_name: locked}")).status());
  }

  @Test
  void eachFailedAssertionIsToldWithExpectedAndActual() {
    CommandRun run =
        check(
            ROUTES,
            tests(
                "{authority: shop.example, path: /cart, method: GET}",
                """
                {cluster_name: wrong, virtual_host_name: '', path_redirect: /x, code_redirect: 301,
                 request_header_matches: [{name: x-shop, string_match: {exact: "2"}}],
                 response_header_matches: [{name: x-none, present_match: true}],
                 request_header_fields: [{key: x-shop, value: three}]}
                """));

    assertEquals(1, run.status());
    assertEquals("", run.err());
    assertTrue(
        run.out()
            .startsWith(
                """
                failed test 0
                  cluster_name: expected "wrong", actual "carts"
                  virtual_host_name: expected none, actual "shop"
                  path_redirect: expected "/x", actual none
                  code_redirect: expected "301", actual "0"
                  request_header_matches[0]: expected header x-shop is "2", actual x-shop: 1
                  request_header_fields x-shop: expected "three", actual "1"
                  response_header_matches[0]: expected header x-none is present, actual there is no\
                 header x-none
                """),
        run::out);
    assertTrue(run.out().endsWith("\n0 passed, 1 failed\n"), run::out);
  }

  @Test
  void whatIsNotAssertedIsNotChecked() {
    CommandRun run =
        check(ROUTES, tests("{authority: shop.example, path: /cart, method: GET}", "{}"));

    assertEquals(0, run.status(), run::out);
  }

  @Test
  void coverageNamesTheRoutesThatNoTestReached() {
    String tests =
        """
        {"tests": [
          {"test_name": "a", "input": {"authority": "shop.example", "path": "/cart", "method": "GET"},
           "validate": {"cluster_name": "carts"}},
          {"test_name": "b", "input": {"authority": "shop.example", "path": "/split", "method": "GET"},
           "validate": {"cluster_name": "blue"}},
        ]}
        """;

    CommandRun run = check(ROUTES, tests, "--fail-under", "20");

    assertEquals(1, run.status());
    assertTrue(
        run.out().startsWith("not reached virtual host shop, route 1: path \"/buy\"\n"), run::out);
    assertTrue(
        run.out()
            .contains(
                "\nnot reached virtual host shop, route 5 \"split\": path \"/split\", target"
                    + " green\n"),
        run::out);
    assertTrue(
        run.out()
            .endsWith(
                """

                route coverage 16.67 %: 2 of 12 routes, which is under 20 %
                2 passed, 0 failed
                """),
        run::out);
    assertEquals(0, check(ROUTES, tests, "--fail-under", "16.6").status());
    assertEquals(0, check(ROUTES, tests).status());
  }

  @Test
  void aJsonFileMayHaveTabsOrATrailingComma() {
    String tests =
        tests("{authority: shop.example, path: /cart, method: GET}", "{cluster_name: carts}");

    assertEquals(0, check(ROUTES, tests).status());
    write(
        "tests.json",
        """
        {
        \t"runtime": {"re2.max_program_size.error_level": 100},
        \t"tests": [
        \t\t{"test_name": "a", "input": {"authority": "shop.example", "path": "/cart"},
        \t\t "validate": {"cluster_name": "carts"}}
        \t]
        }
        """);
    CommandRun tabs =
        CommandRun.of(
            "check",
            "--routes",
            write("routes.yaml", ROUTES).toString(),
            "--tests",
            directory.resolve("tests.json").toString());
    assertEquals(0, tabs.status(), tabs::toString);
  }

  @Test
  void jsonTellsTheSame() {
    CommandRun run =
        check(
            ROUTES,
            tests("{authority: shop.example, path: /cart, method: GET}", "{cluster_name: x}"),
            "--json");

    assertEquals(1, run.status());
    Node json = run.json();
    assertEquals(0, json.required("passed").integer(0, 9));
    assertEquals(1, json.required("failed").integer(0, 9));
    Node test = json.list("tests").get(0);
    assertEquals("test 0", test.required("test_name").text());
    assertEquals("\"carts\"", test.list("failures").get(0).required("actual").text());
    assertEquals(11, json.required("coverage").list("missed").size());
  }

  @Test
  void dynamicMetadataStaysUnlessItMayBeOverwritten() {
    String routes =
        """
        virtual_hosts:
        - name: m
          domains: ["*"]
          routes:
          - match:
              prefix: /
              dynamic_metadata:
              - {filter: ns, path: [{key: a}, {key: b}], value: {string_match: {exact: "1"}}}
            route: {cluster: one}
          - match: {prefix: /}
            route: {cluster: other}
        """;
    String input = "{authority: a, path: /, method: GET, dynamic_metadata: [%s]}";
    String one = "{metadata_namespace: ns, value: {a: {b: '1'}}}";
    String two = "{metadata_namespace: ns, value: {a: {b: '2'}}}";
    String more = "{metadata_namespace: ns, allow_overwrite: true, value: {a: {c: '2'}}}";

    assertPasses(routes, input.formatted(one), "{cluster_name: one}");
    assertPasses(routes, input.formatted(two), "{cluster_name: other}");
    assertPasses(routes, input.formatted(one + ", " + two), "{cluster_name: one}");
    assertPasses(routes, input.formatted(one + ", " + more), "{cluster_name: one}");
    assertPasses(
        routes,
        input.formatted(one + ", " + two.replace("value", "allow_overwrite: true, value")),
        "{cluster_name: other}");
  }

  @ParameterizedTest(name = "{1}")
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "tests: []     | tests.yaml:1: tests: is empty; right would be at least one test",
        "test: []      | tests.yaml:1: test: is no field here; the nearest is \"tests\"; right would"
            + " be one of runtime, tests",
        "tests: [{input: {}, validate: {}}] | tests.yaml:1: tests[0].test_name: is missing; it is"
            + " required here",
        "tests: [{test_name: a, validate: {}}] | tests.yaml:1: tests[0].input: is missing; it is"
            + " required here",
        "tests: [{test_name: a, input: {authority: a, path: /, metod: GET}, validate: {}}] |"
            + " tests.yaml:1: tests[0].input.metod: is no field here; the nearest is \"method\";",
        "tests: [{test_name: a, input: {authority: a, path: /, random_value: -1}, validate: {}}] |"
            + " tests.yaml:1: tests[0].input.random_value: is -1; right would be a whole number from"
            + " 0 to 18446744073709551615",
        "tests: [{test_name: a, input: {authority: a, path: /}, validate: {request_header_matches:"
            + " [{name: x, string_match: {safe_regex: {regex: '('}}}]}}] |"
            + " tests.yaml: request_header_matches[0]",
        "tests: [{test_name: a, input: {authority: a, path: /}, validate: {response_header_matches:"
            + " [{nam: x}]}}] | tests.yaml:1: tests[0].validate.response_header_matches[0].nam: is no"
            + " field of envoy.config.route.v3.HeaderMatcher",
        "tests: {      | tests.yaml:1: while parsing",
      })
  void aTestFileThatIsUnusableIsToldByLineAndField(String tests, String message) {
    CommandRun run = check(ROUTES, tests);

    assertEquals(2, run.status(), run::toString);
    assertEquals("", run.out());
    assertTrue(run.err().startsWith("mesh check: " + directory + "/" + message), run::err);
  }

  @ParameterizedTest(name = "{1}")
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "virtual_hosts: [{name: a, domains: ['*'], routes: [{match: {prefix: /}, rout: {}}]}] |"
            + " routes.yaml:1: virtual_hosts[0].routes[0].rout: is no field of"
            + " envoy.config.route.v3.Route",
        "virtual_hosts: [{name: a}] | routes.yaml:1: virtual_hosts[0].domains: is",
        "virtual_hosts: [{name: a, domains: ['*'], routes: [{match: {safe_regex: {regex: '('}},"
            + " route: {cluster: c}}]}] | routes.yaml:1:"
            + " virtual_hosts[0].routes[0].match.safe_regex.regex: is \"(\"",
        "[1] | routes.yaml:1: is a list; right would be a map of fields",
      })
  void aRouteFileThatIsUnusableIsToldByLineAndField(String routes, String message) {
    CommandRun run = check(routes, tests("{authority: a, path: /, method: GET}", "{}"));

    assertEquals(2, run.status(), run::toString);
    assertTrue(run.err().startsWith("mesh check: " + directory + "/" + message), run::err);
  }

  @Test
  void aFileThatIsNotThereIsUnusable() {
    CommandRun run = CommandRun.of("check", "--routes", "nowhere.yaml", "--tests", "none.yaml");

    assertEquals(2, run.status());
    assertEquals("mesh check: nowhere.yaml: no such file\n", run.err());
  }

  @Test
  void aPercentageIsFromZeroToAHundred() {
    CommandRun run = check(ROUTES, "tests: []", "--fail-under", "101");

    assertEquals(2, run.status());
    assertEquals(
        "mesh check: --fail-under is 101.0; right would be a number from 0 to 100\n", run.err());
  }

  private void assertPasses(String routes, String input, String validate) {
    CommandRun run = check(routes, tests(input, validate));
    assertEquals(0, run.status(), () -> input + " " + run);
  }

  private static String tests(String input, String... validates) {
    StringBuilder tests = new StringBuilder("tests:\n");
    List.of(validates)
        .forEach(
            validate ->
                tests
                    .append("- test_name: test 0\n  input: ")
                    .append(input)
                    .append("\n  validate: ")
                    .append(validate.replace("\n", " "))
                    .append('\n'));
    return tests.toString();
  }

  private CommandRun check(String routes, String tests, String... more) {
    String[] args = new String[5 + more.length];
    args[0] = "check";
    args[1] = "--routes";
    args[2] = write("routes.yaml", routes).toString();
    args[3] = "--tests";
    args[4] = write("tests.yaml", tests).toString();
    System.arraycopy(more, 0, args, 5, more.length);
    return CommandRun.of(args);
  }

  private Path write(String name, String text) {
    try {
      return Files.writeString(directory.resolve(name), text);
    } catch (IOException failed) {
      throw new UncheckedIOException(failed);
    }
  }
}
