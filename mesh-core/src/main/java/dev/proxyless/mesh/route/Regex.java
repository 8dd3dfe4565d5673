package dev.proxyless.mesh.route;

import com.google.re2j.Matcher;
import com.google.re2j.Pattern;
import com.google.re2j.PatternSyntaxException;

/**
 * A regular expression of a control plane: RE2 syntax, matched as a whole, in time linear in the
 * input.
 *
 * <p>RE2 itself can still be made to cost memory by counted repetition, so a compiled program is
 * bounded. Envoy's own bound is on RE2's program size ({@code re2.max_program_size.error_level},
 * 100), which RE2/J counts differently; this one is generous to real patterns and refuses the
 * hostile ones.
 */
final class Regex {

  private static final int MAX_CHARS = 4_096;
  private static final int MAX_PROGRAM = 4_096;

  /** What is estimated above this is not even compiled. */
  private static final int MAX_ESTIMATE = 4 * MAX_PROGRAM;

  private final Pattern pattern;

  private Regex(Pattern pattern) {
    this.pattern = pattern;
  }

  static Regex compile(String text, String path) {
    if (text.length() > MAX_CHARS) {
      throw new InvalidRouteException(
          path, "has " + text.length() + " characters; at most " + MAX_CHARS + " are taken");
    }
    long estimate = RegexSize.of(text);
    if (estimate > MAX_ESTIMATE) {
      throw tooLarge(path, "about " + estimate);
    }
    try {
      Pattern pattern = Pattern.compile(text, Pattern.DOTALL);
      if (pattern.programSize() > MAX_PROGRAM) {
        throw tooLarge(path, Integer.toString(pattern.programSize()));
      }
      return new Regex(pattern);
    } catch (PatternSyntaxException broken) {
      throw new InvalidRouteException(
          path, "is \"" + text + "\", which is no RE2 expression: " + broken.getDescription());
    } catch (StackOverflowError tooDeep) {
      throw new InvalidRouteException(path, "is nested too deeply");
    }
  }

  private static InvalidRouteException tooLarge(String path, String steps) {
    return new InvalidRouteException(
        path, "compiles to " + steps + " steps; at most " + MAX_PROGRAM + " are taken");
  }

  boolean matches(String text) {
    return pattern.matcher(text).matches();
  }

  Matcher matcher(String text) {
    return pattern.matcher(text);
  }

  @Override
  public String toString() {
    return pattern.pattern();
  }
}
