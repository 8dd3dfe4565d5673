package dev.proxyless.mesh.route;

import dev.proxyless.mesh.model.MatcherTree;
import dev.proxyless.mesh.model.MatcherTree.Action;
import dev.proxyless.mesh.model.MatcherTree.FieldMatcher;
import dev.proxyless.mesh.model.MatcherTree.Input;
import dev.proxyless.mesh.model.MatcherTree.Matcher;
import dev.proxyless.mesh.model.MatcherTree.OnMatch;
import dev.proxyless.mesh.model.MatcherTree.Predicate;
import dev.proxyless.mesh.model.Route;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.BiFunction;
import org.jspecify.annotations.Nullable;

/**
 * A {@link MatcherTree}, compiled. A tree that finds no action is as if it had not matched, so that
 * the search goes on above it; an action is final, even where none of its routes takes the request.
 * Source: Envoy's {@code MatchTree}. Immutable.
 *
 * <p>Trees nest no deeper than protobuf messages may.
 */
final class MatchTree implements RouteFinder {

  private final Node root;

  private MatchTree(Node root) {
    this.root = root;
  }

  /**
   * Compiles a tree.
   *
   * @param at its path in the configuration
   * @param routes compiles the routes of one action, with their path
   */
  static MatchTree compile(
      MatcherTree tree, String at, BiFunction<List<Route>, String, RouteFinder> routes) {
    return new MatchTree(new Compiler(routes).tree(tree, at));
  }

  @Override
  public @Nullable RouteEntry find(RequestView request) {
    RouteFinder action = root.match(request, null);
    return action == null ? null : action.find(request);
  }

  @Override
  public void explain(RequestView request, List<String> steps) {
    RouteFinder action = root.match(request, steps);
    if (action == null) {
      steps.add("the matcher finds no action, so that no route takes it");
    } else {
      action.explain(request, steps);
    }
  }

  /** What is asked and what is done. The steps, where they are wanted, tell it. */
  private interface Node {
    @Nullable RouteFinder match(RequestView request, @Nullable List<String> steps);
  }

  private static void tell(@Nullable List<String> steps, String step) {
    if (steps != null) {
      steps.add("matcher: " + step);
    }
  }

  /** {@code matcher_list}. */
  private record Fields(List<Field> fields) implements Node {
    @Override
    public @Nullable RouteFinder match(RequestView request, @Nullable List<String> steps) {
      for (Field field : fields) {
        boolean holds = field.test.holds(request);
        if (steps != null) {
          tell(steps, field.test.describe() + (holds ? " holds" : " does not hold"));
        }
        RouteFinder found = holds ? field.then.match(request, steps) : null;
        if (found != null) {
          return found;
        }
      }
      return null;
    }
  }

  private record Field(Test test, Node then) {}

  /** {@code exact_match_map}. */
  private record Exact(HeaderName input, Map<String, Node> map) implements Node {
    @Override
    public @Nullable RouteFinder match(RequestView request, @Nullable List<String> steps) {
      String value = request.joined(input);
      Node found = value == null ? null : map.get(value);
      if (steps != null) {
        String what = found == null ? " is no key of the map" : " is a key of the map";
        tell(steps, "header " + input + said(value) + what);
      }
      return found == null ? null : found.match(request, steps);
    }
  }

  /** {@code prefix_match_map}: the longest prefix first. */
  private record Prefixes(HeaderName input, RadixTrie<Prefix> map) implements Node {
    @Override
    public @Nullable RouteFinder match(RequestView request, @Nullable List<String> steps) {
      String value = request.joined(input);
      Prefix prefix = value == null ? null : map.longest(value, value.length());
      if (prefix == null) {
        tell(steps, "header " + input + said(value) + " begins with no key of the map");
      }
      for (; prefix != null; prefix = prefix.shorter) {
        tell(steps, "header " + input + said(value) + " begins with \"" + prefix.text + "\"");
        RouteFinder found = prefix.then.match(request, steps);
        if (found != null) {
          return found;
        }
      }
      return null;
    }
  }

  private static final class Prefix {
    private final String text;
    private final Node then;
    private @Nullable Prefix shorter;

    Prefix(String text, Node then) {
      this.text = text;
      this.then = then;
    }
  }

  private static String said(@Nullable String value) {
    return value == null ? ", which is missing," : " \"" + value + "\"";
  }

  /** Another way where the first leads nowhere: {@code on_no_match}. */
  private record Otherwise(Node first, Node other) implements Node {
    @Override
    public @Nullable RouteFinder match(RequestView request, @Nullable List<String> steps) {
      RouteFinder found = first.match(request, steps);
      if (found == null) {
        tell(steps, "on_no_match");
        found = other.match(request, steps);
      }
      return found;
    }
  }

  private record Found(RouteFinder routes) implements Node {
    @Override
    public RouteFinder match(RequestView request, @Nullable List<String> steps) {
      return routes;
    }
  }

  private record Nothing() implements Node {
    @Override
    public @Nullable RouteFinder match(RequestView request, @Nullable List<String> steps) {
      return null;
    }
  }

  /** A predicate. */
  private interface Test {
    boolean holds(RequestView request);

    String describe();
  }

  /** A header that is missing matches nothing. */
  private record Single(HeaderName input, TextMatcher text) implements Test {
    @Override
    public boolean holds(RequestView request) {
      String value = request.joined(input);
      return value != null && text.matches(value);
    }

    @Override
    public String describe() {
      return "header " + input + " " + text.describe();
    }
  }

  private record Several(List<Test> tests, boolean all) implements Test {
    @Override
    public boolean holds(RequestView request) {
      for (Test test : tests) {
        if (test.holds(request) != all) {
          return !all;
        }
      }
      return all;
    }

    @Override
    public String describe() {
      List<String> words = tests.stream().map(Test::describe).toList();
      return "(" + String.join(all ? " and " : " or ", words) + ")";
    }
  }

  private record Not(Test test) implements Test {
    @Override
    public boolean holds(RequestView request) {
      return !test.holds(request);
    }

    @Override
    public String describe() {
      return "not " + test.describe();
    }
  }

  private record Compiler(BiFunction<List<Route>, String, RouteFinder> routes) {

    Node tree(MatcherTree tree, String at) {
      Optional<Node> matcher = tree.matcher().map(each -> matcher(each, at));
      Optional<Node> other = tree.onNoMatch().map(each -> onMatch(each, at + ".on_no_match"));
      if (matcher.isEmpty()) {
        return other.orElse(new Nothing());
      }
      return other.isEmpty() ? matcher.get() : new Otherwise(matcher.get(), other.get());
    }

    private Node matcher(Matcher matcher, String at) {
      if (matcher instanceof Matcher.ExactMap exact) {
        HeaderName input = input(exact.input());
        return new Exact(input, nodes(exact.map(), at + ".matcher_tree.exact_match_map"));
      }
      if (matcher instanceof Matcher.PrefixMap prefix) {
        HeaderName input = input(prefix.input());
        return prefixes(input, nodes(prefix.map(), at + ".matcher_tree.prefix_match_map"));
      }
      List<Field> fields = new ArrayList<>();
      for (FieldMatcher each : ((Matcher.Fields) matcher).matchers()) {
        String fieldAt = at + ".matcher_list.matchers[" + fields.size() + "]";
        Test test = test(each.predicate(), fieldAt + ".predicate");
        fields.add(new Field(test, onMatch(each.onMatch(), fieldAt + ".on_match")));
      }
      return new Fields(fields);
    }

    private Map<String, Node> nodes(Map<String, OnMatch> map, String at) {
      Map<String, Node> nodes = new LinkedHashMap<>();
      map.forEach((key, each) -> nodes.put(key, onMatch(each, at + ".map[\"" + key + "\"]")));
      return nodes;
    }

    private static Node prefixes(HeaderName input, Map<String, Node> nodes) {
      Map<String, Prefix> prefixes = new HashMap<>();
      nodes.forEach((key, node) -> prefixes.put(key, new Prefix(key, node)));
      RadixTrie<Prefix> trie = RadixTrie.of(RadixTrie.Reading.FORWARD, prefixes);
      trie.topDown((above, prefix) -> prefix.shorter = above);
      return new Prefixes(input, trie);
    }

    private Node onMatch(OnMatch onMatch, String at) {
      if (onMatch.action() instanceof Action.Nested nested) {
        return tree(nested.tree(), at + ".matcher");
      }
      Action.Routes action = (Action.Routes) onMatch.action();
      return new Found(routes.apply(action.routes(), at + ".action.typed_config"));
    }

    private static Test test(Predicate predicate, String at) {
      if (predicate instanceof Predicate.Single single) {
        HeaderName input = input(single.input());
        String textAt = at + ".single_predicate.value_match";
        return new Single(input, TextMatcher.compile(single.match(), textAt));
      }
      if (predicate instanceof Predicate.Not not) {
        return new Not(test(not.predicate(), at + ".not_matcher"));
      }
      return predicate instanceof Predicate.And and
          ? several(and.predicates(), true, at + ".and_matcher")
          : several(((Predicate.Or) predicate).predicates(), false, at + ".or_matcher");
    }

    private static Test several(List<Predicate> predicates, boolean all, String at) {
      List<Test> tests = new ArrayList<>();
      for (Predicate each : predicates) {
        tests.add(test(each, at + ".predicate[" + tests.size() + "]"));
      }
      return new Several(tests, all);
    }

    /** A virtual host's matcher looks at request headers alone. */
    private static HeaderName input(Input input) {
      return HeaderName.of(((Input.RequestHeader) input).name());
    }
  }
}
