package dev.proxyless.mesh.xds;

import dev.proxyless.mesh.model.HeaderMutations;
import dev.proxyless.mesh.model.HeaderValueOption;
import dev.proxyless.mesh.model.HeaderValueOption.AppendAction;
import dev.proxyless.mesh.model.RequestMirrorPolicy.HeaderMutation;
import dev.proxyless.mesh.proto.Message;
import java.util.List;
import java.util.Set;

/** Decodes what is added to headers and removed from them. */
final class HeaderMutationDecoder {

  private static final int MAX_ENTRIES = 1_000;
  private static final int MAX_BYTES = 16_384;

  private static final Set<String> NAMES_ARE_REQUIRED =
      Set.of("envoy.config.route.v3.VirtualHost", "envoy.config.route.v3.Route");

  private HeaderMutationDecoder() {}

  /** {@code request_headers_to_add} and {@code request_headers_to_remove} of a level. */
  static HeaderMutations request(Message level) {
    return mutations(level, "request_headers_to_add", "request_headers_to_remove");
  }

  /** {@code response_headers_to_add} and {@code response_headers_to_remove} of a level. */
  static HeaderMutations response(Message level) {
    return mutations(level, "response_headers_to_add", "response_headers_to_remove");
  }

  private static HeaderMutations mutations(Message level, String toAdd, String toRemove) {
    List<HeaderValueOption> add =
        bounded(level, toAdd).stream().map(HeaderMutationDecoder::option).toList();
    List<String> remove = toRemove(level, toRemove);
    return add.isEmpty() && remove.isEmpty()
        ? HeaderMutations.NONE
        : new HeaderMutations(add, remove);
  }

  /** On two of the four levels an empty name is refused, on the others it removes nothing. */
  private static List<String> toRemove(Message level, String field) {
    List<String> names = Texts.headerNames(level, field);
    for (int i = 0; i < names.size(); i++) {
      String at = field + "[" + i + "]";
      if (names.get(i).isEmpty() && NAMES_ARE_REQUIRED.contains(level.type().name())) {
        throw level.invalid(at, "is empty; right would be the name of a header");
      }
      refuseRequestLine(level, at, names.get(i), "removed");
    }
    return names.stream().filter(name -> !name.isEmpty()).toList();
  }

  /** {@code request_headers_mutations}, in order. */
  static List<HeaderMutation> list(Message message, String field) {
    return bounded(message, field).stream().map(HeaderMutationDecoder::mutation).toList();
  }

  private static HeaderMutation mutation(Message message) {
    if (message.has("append")) {
      return new HeaderMutation.Append(option(message.requiredMessage("append")));
    }
    if (message.has("remove_on_match")) {
      Message match = message.requiredMessage("remove_on_match");
      return new HeaderMutation.RemoveOnMatch(
          Matchers.string(match.requiredMessage("key_matcher")));
    }
    if (message.has("remove")) {
      return new HeaderMutation.Remove(Texts.headerName(message, "remove"));
    }
    throw message.invalid("action", "is required: remove, append or remove_on_match");
  }

  private static List<Message> bounded(Message message, String field) {
    List<Message> entries = message.messages(field);
    if (entries.size() > MAX_ENTRIES) {
      throw message.invalid(
          field, "has " + entries.size() + " entries; right would be at most " + MAX_ENTRIES);
    }
    return entries;
  }

  private static HeaderValueOption option(Message message) {
    Message header = message.requiredMessage("header");
    String name = Texts.requiredHeaderName(header, "key");
    Texts.bounded(header, "key", name, MAX_BYTES);
    refuseRequestLine(header, "key", name, "changed");
    String value = Texts.checked(header, "value", header.string("value"));
    Texts.bounded(header, "value", value, MAX_BYTES);
    return new HeaderValueOption(
        name, value, action(message), message.bool("keep_empty_value", false));
  }

  /** The older {@code append} says the same as two of the actions, and excludes the others. */
  private static AppendAction action(Message message) {
    AppendAction action = AppendAction.valueOf(message.enumName("append_action"));
    if (!message.has("append")) {
      return action;
    }
    if (action != AppendAction.APPEND_IF_EXISTS_OR_ADD) {
      throw message.invalid(
          "append", "excludes append_action, which is " + action + "; leave out append");
    }
    return message.bool("append", true) ? action : AppendAction.OVERWRITE_IF_EXISTS_OR_ADD;
  }

  /** Rewrites and redirects change these; a mutation would get past them. */
  static void refuseRequestLine(Message message, String field, String name, String whatIsDone) {
    if (name.startsWith(":") || name.equals("host")) {
      throw message.invalid(
          field,
          "is \""
              + name
              + "\", which cannot be "
              + whatIsDone
              + " here; right would be a header that is not \"host\" and does not begin with a"
              + " colon");
    }
  }
}
