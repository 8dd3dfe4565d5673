package dev.proxyless.mesh.xds;

import dev.proxyless.mesh.model.CidrRange;
import dev.proxyless.mesh.model.FilterStateMatcher;
import dev.proxyless.mesh.model.MetadataMatcher;
import dev.proxyless.mesh.model.ValueMatcher;
import dev.proxyless.mesh.proto.Message;
import java.util.List;

/** Decodes matchers of metadata and filter state. */
final class ValueMatchers {

  private ValueMatchers() {}

  static MetadataMatcher metadata(Message message) {
    String filter = message.requiredString("filter");
    List<String> path =
        message.messages("path").stream().map(segment -> segment.requiredString("key")).toList();
    if (path.isEmpty()) {
      throw message.invalid("path", "is empty; right would be at least one key");
    }
    return new MetadataMatcher(
        filter, path, value(message.requiredMessage("value")), message.bool("invert", false));
  }

  private static ValueMatcher value(Message message) {
    if (message.has("null_match")) {
      return new ValueMatcher.Null();
    }
    if (message.has("double_match")) {
      return number(message.requiredMessage("double_match"));
    }
    if (message.has("string_match")) {
      return new ValueMatcher.Text(Matchers.string(message.requiredMessage("string_match")));
    }
    if (message.has("bool_match")) {
      return new ValueMatcher.Bool(message.bool("bool_match", false));
    }
    if (message.has("present_match")) {
      return new ValueMatcher.Present(message.bool("present_match", false));
    }
    if (message.has("list_match")) {
      Message list = message.requiredMessage("list_match");
      return new ValueMatcher.OneOf(value(list.requiredMessage("one_of")));
    }
    if (message.has("or_match")) {
      return or(message.requiredMessage("or_match"));
    }
    throw message.invalid(
        "match_pattern",
        "is required: null_match, double_match, string_match, bool_match, present_match,"
            + " list_match or or_match");
  }

  private static ValueMatcher number(Message message) {
    if (message.has("exact")) {
      return new ValueMatcher.Exactly(message.fraction("exact", 0));
    }
    if (!message.has("range")) {
      throw message.invalid("match_pattern", "is required: range or exact");
    }
    Message range = message.requiredMessage("range");
    return new ValueMatcher.Range(range.fraction("start", 0), range.fraction("end", 0));
  }

  private static ValueMatcher or(Message message) {
    List<ValueMatcher> matchers =
        message.messages("value_matchers").stream().map(ValueMatchers::value).toList();
    if (matchers.size() < 2) {
      throw message.invalid(
          "value_matchers", "has " + matchers.size() + "; right would be at least 2");
    }
    return new ValueMatcher.Or(matchers);
  }

  static FilterStateMatcher filterState(Message message) {
    String key = message.requiredString("key");
    if (message.has("string_match")) {
      return new FilterStateMatcher(
          key,
          new FilterStateMatcher.Match.Text(
              Matchers.string(message.requiredMessage("string_match"))));
    }
    if (!message.has("address_match")) {
      throw message.invalid("matcher", "is required: string_match or address_match");
    }
    Message match = message.requiredMessage("address_match");
    return new FilterStateMatcher(
        key,
        new FilterStateMatcher.Match.Address(
            ranges(match, "ranges"), match.bool("invert_match", false)));
  }

  static List<CidrRange> ranges(Message message, String field) {
    return message.messages(field).stream().map(ValueMatchers::range).toList();
  }

  /** A length beyond the address's own stands for the whole address. */
  private static CidrRange range(Message message) {
    String address = message.requiredString("address_prefix");
    if (!IpAddresses.isAddress(address)) {
      throw message.invalid(
          "address_prefix",
          "is \"" + address + "\"; right would be an IPv4 or IPv6 address such as \"10.0.0.0\"");
    }
    int bits = address.indexOf(':') < 0 ? 32 : 128;
    return new CidrRange(address, Math.min(bits, message.integer("prefix_len", 0, 128, 0)));
  }
}
