package dev.proxyless.mesh.admin;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * What came of tests of a route configuration.
 *
 * @param results of each test, in order
 * @param coverage of each route, or target of a weighted route, in order
 */
public record RouteCheckReport(List<Result> results, List<Covered> coverage) {

  private static final double PERCENT = 100;

  /**
   * What came of one test.
   *
   * @param name its name
   * @param failures what it asserted in vain; empty where it passed
   */
  public record Result(String name, List<Failure> failures) {
    public boolean passed() {
      return failures.isEmpty();
    }
  }

  /**
   * An assertion that does not hold.
   *
   * @param field where it stands, such as {@code cluster_name}
   * @param expected what was asserted
   * @param actual what is so
   */
  public record Failure(String field, String expected, String actual) {
    @Override
    public String toString() {
      return field + ": expected " + expected + ", actual " + actual;
    }
  }

  /**
   * Whether a route was reached.
   *
   * @param route the route in words
   * @param reached whether any test's request took it
   */
  public record Covered(String route, boolean reached) {}

  /** How many tests passed. */
  public int passed() {
    return (int) results.stream().filter(Result::passed).count();
  }

  /** How many tests failed. */
  public int failed() {
    return results.size() - passed();
  }

  /** How many routes were reached. */
  public int reached() {
    return (int) coverage.stream().filter(Covered::reached).count();
  }

  /** The share of routes that were reached, in percent; 100 where there is no route. */
  public double percent() {
    return coverage.isEmpty() ? PERCENT : PERCENT * reached() / coverage.size();
  }

  /** The routes that no test reached, in words. */
  public List<String> missed() {
    return coverage.stream().filter(each -> !each.reached()).map(Covered::route).toList();
  }

  /** As plain values for JSON. */
  public Map<String, Object> toMap() {
    Map<String, Object> map = new LinkedHashMap<>();
    map.put(
        "tests",
        results.stream()
            .map(
                result -> {
                  Map<String, Object> test = new LinkedHashMap<>();
                  test.put("test_name", result.name());
                  test.put("passed", result.passed());
                  test.put(
                      "failures", result.failures().stream().map(RouteCheckReport::map).toList());
                  return test;
                })
            .toList());
    Map<String, Object> covered = new LinkedHashMap<>();
    covered.put("percent", percent());
    covered.put("routes", coverage.size());
    covered.put("reached", reached());
    covered.put("missed", missed());
    map.put("coverage", covered);
    map.put("passed", passed());
    map.put("failed", failed());
    return map;
  }

  private static Map<String, Object> map(Failure failure) {
    Map<String, Object> map = new LinkedHashMap<>();
    map.put("field", failure.field());
    map.put("expected", failure.expected());
    map.put("actual", failure.actual());
    return map;
  }
}
