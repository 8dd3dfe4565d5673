package dev.proxyless.mesh.xds;

import dev.proxyless.mesh.model.HeaderMutations;
import dev.proxyless.mesh.model.HeaderValueOption;
import dev.proxyless.mesh.model.HeaderValueOption.AppendAction;
import dev.proxyless.mesh.model.RequestMirrorPolicy.HeaderMutation;
import dev.proxyless.mesh.proto.Message;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.List;

/** Decodes what is added to headers and removed from them. */
final class HeaderMutationDecoder {

  private static final int MAX_ENTRIES = 1_000;
  private static final int MAX_BYTES = 16_384;

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
    List<String> remove = Texts.headerNames(level, toRemove);
    for (int i = 0; i < remove.size(); i++) {
      refuseRequestLine(level, toRemove + "[" + i + "]", remove.get(i), "removed");
    }
    return add.isEmpty() && remove.isEmpty()
        ? HeaderMutations.NONE
        : new HeaderMutations(add, remove);
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
    return new HeaderValueOption(
        name, value(header), action(message), message.bool("keep_empty_value", false));
  }

  private static String value(Message header) {
    byte[] raw = header.bytes("raw_value").orElse(new byte[0]);
    if (raw.length == 0) {
      String value = Texts.checked(header, "value", header.string("value"));
      return Texts.bounded(header, "value", value, MAX_BYTES);
    }
    if (raw.length > MAX_BYTES) {
      throw header.invalid(
          "raw_value", "has " + raw.length + " bytes; right would be at most " + MAX_BYTES);
    }
    try {
      String value = StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(raw)).toString();
      return Texts.checked(header, "raw_value", value);
    } catch (CharacterCodingException notText) {
      throw header.invalid("raw_value", "is not UTF-8; right would be text");
    }
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
  private static void refuseRequestLine(
      Message message, String field, String name, String whatIsDone) {
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
