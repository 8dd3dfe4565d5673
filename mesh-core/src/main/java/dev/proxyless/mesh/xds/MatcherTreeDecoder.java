package dev.proxyless.mesh.xds;

import dev.proxyless.mesh.model.MatcherTree;
import dev.proxyless.mesh.model.MatcherTree.Action;
import dev.proxyless.mesh.model.MatcherTree.FieldMatcher;
import dev.proxyless.mesh.model.MatcherTree.Input;
import dev.proxyless.mesh.model.MatcherTree.Matcher;
import dev.proxyless.mesh.model.MatcherTree.OnMatch;
import dev.proxyless.mesh.model.MatcherTree.Predicate;
import dev.proxyless.mesh.model.Route;
import dev.proxyless.mesh.proto.AnyMessage;
import dev.proxyless.mesh.proto.Findings;
import dev.proxyless.mesh.proto.Message;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;

/** Decodes matcher trees whose actions are routes. */
final class MatcherTreeDecoder {

  private static final String ROUTE = "envoy.config.route.v3.Route";
  private static final String ROUTE_LIST = "envoy.config.route.v3.RouteList";
  private static final String HEADER_INPUT = "envoy.type.matcher.v3.HttpRequestHeaderMatchInput";

  private final Findings findings;
  private final Function<Message, Route> routes;

  MatcherTreeDecoder(Findings findings, Function<Message, Route> routes) {
    this.findings = findings;
    this.routes = routes;
  }

  MatcherTree tree(Message message) {
    return new MatcherTree(matcher(message), message.message("on_no_match").map(this::onMatch));
  }

  private Optional<Matcher> matcher(Message message) {
    if (message.has("matcher_list")) {
      return Optional.of(list(message.requiredMessage("matcher_list")));
    }
    return message.message("matcher_tree").map(this::map);
  }

  private Matcher list(Message list) {
    List<FieldMatcher> matchers =
        list.messages("matchers").stream()
            .map(
                each ->
                    new FieldMatcher(
                        predicate(each.requiredMessage("predicate")),
                        onMatch(each.requiredMessage("on_match"))))
            .toList();
    if (matchers.isEmpty()) {
      throw list.invalid("matchers", "is empty; right would be at least one");
    }
    return new Matcher.Fields(matchers);
  }

  private Matcher map(Message tree) {
    Input input = input(tree.requiredMessage("input"));
    if (tree.has("exact_match_map")) {
      return new Matcher.ExactMap(input, map(tree, "exact_match_map"));
    }
    if (tree.has("prefix_match_map")) {
      return new Matcher.PrefixMap(input, map(tree, "prefix_match_map"));
    }
    throw tree.invalid("tree_type", "is required: exact_match_map or prefix_match_map");
  }

  private Map<String, OnMatch> map(Message tree, String field) {
    Message holder = tree.requiredMessage(field);
    Map<String, OnMatch> map = new LinkedHashMap<>();
    holder.messageMap("map").forEach((key, value) -> map.put(key, onMatch(value)));
    if (map.isEmpty()) {
      throw holder.invalid("map", "is empty; right would be at least one entry");
    }
    return Collections.unmodifiableMap(map);
  }

  private Predicate predicate(Message message) {
    if (message.has("single_predicate")) {
      Message single = message.requiredMessage("single_predicate");
      Input input = input(single.requiredMessage("input"));
      if (!single.has("value_match")) {
        throw single.invalid("matcher", "is required: value_match");
      }
      return new Predicate.Single(input, Matchers.string(single.requiredMessage("value_match")));
    }
    if (message.has("or_matcher")) {
      return new Predicate.Or(predicates(message.requiredMessage("or_matcher")));
    }
    if (message.has("and_matcher")) {
      return new Predicate.And(predicates(message.requiredMessage("and_matcher")));
    }
    if (message.has("not_matcher")) {
      return new Predicate.Not(predicate(message.requiredMessage("not_matcher")));
    }
    throw message.invalid(
        "match_type", "is required: single_predicate, or_matcher, and_matcher or not_matcher");
  }

  private List<Predicate> predicates(Message list) {
    List<Predicate> predicates = list.messages("predicate").stream().map(this::predicate).toList();
    if (predicates.size() < 2) {
      throw list.invalid("predicate", "has " + predicates.size() + "; right would be at least 2");
    }
    return predicates;
  }

  private OnMatch onMatch(Message message) {
    if (message.has("matcher")) {
      return new OnMatch(new Action.Nested(tree(message.requiredMessage("matcher"))));
    }
    if (message.has("action")) {
      return new OnMatch(action(message.requiredMessage("action")));
    }
    throw message.invalid("on_match", "is required: matcher or action");
  }

  private Action action(Message extension) {
    AnyMessage config = Extensions.config(extension);
    return switch (config.typeName()) {
      case ROUTE -> new Action.Routes(List.of(routes.apply(config.unpack(findings))));
      case ROUTE_LIST ->
          new Action.Routes(
              config.unpack(findings).messages("routes").stream().map(routes).toList());
      default -> throw Extensions.unknown(config, ROUTE + " or RouteList");
    };
  }

  /** Envoy takes request headers and filter state here; there is no filter state to speak of. */
  private Input input(Message extension) {
    AnyMessage config = Extensions.config(extension);
    if (!config.is(HEADER_INPUT)) {
      throw Extensions.unknown(config, HEADER_INPUT);
    }
    return new Input.RequestHeader(Texts.headerName(config.unpack(findings), "header_name"));
  }
}
