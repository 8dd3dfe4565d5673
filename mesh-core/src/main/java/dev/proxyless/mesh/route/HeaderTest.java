package dev.proxyless.mesh.route;

import dev.proxyless.mesh.model.HeaderMatcher;

/**
 * A {@link HeaderMatcher}, compiled, for headers that are looked at outside of a route: what a test
 * asserts, say. It means what it means in a route. Immutable.
 */
public final class HeaderTest {

  private static final StreamInfo BY_THEMSELVES = StreamInfo.of(0).internal(false);

  private final HeaderMatcher matcher;
  private final HeaderCondition condition;

  private HeaderTest(HeaderMatcher matcher, HeaderCondition condition) {
    this.matcher = matcher;
    this.condition = condition;
  }

  /**
   * Compiles a matcher.
   *
   * @param path of the matcher, for messages
   * @throws InvalidRouteException if its regular expression cannot be used
   */
  public static HeaderTest compile(HeaderMatcher matcher, String path) {
    return new HeaderTest(matcher, HeaderCondition.compile(matcher, path));
  }

  /**
   * Whether headers are as the matcher wants them. Only what stands there counts: none is implied
   * by who calls.
   */
  public boolean test(RequestHead head) {
    return condition.test(new RequestView(head, BY_THEMSELVES));
  }

  /** The header's name, in lower case. */
  public String name() {
    return matcher.name();
  }

  /** The condition in words. */
  public String describe() {
    return condition.describe();
  }
}
