package dev.proxyless.mesh.route;

import dev.proxyless.mesh.model.HeaderMutations;
import dev.proxyless.mesh.model.HeaderValueOption;
import dev.proxyless.mesh.model.HeaderValueOption.AppendAction;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What one level changes of headers, compiled: removals first; then all values are computed, before
 * any of them is written; then overwrites are written, then additions. Whether a header exists is
 * asked before the level's own writes, so two {@code ADD_IF_ABSENT} of one name both come. Source:
 * Envoy's {@code HeaderParser}. Immutable.
 */
final class HeaderMutator {

  static final HeaderMutator NONE = new HeaderMutator(new HeaderEdit[0], new Write[0]);

  /**
   * One header that is written.
   *
   * @param edit what is written where the value is constant
   * @param joins whether an addition joins what is there, as Envoy does for some names
   */
  private record Write(
      String name,
      Format value,
      @Nullable HeaderEdit edit,
      AppendAction action,
      boolean keepEmpty,
      boolean joins) {

    boolean overwrites() {
      return action == AppendAction.OVERWRITE_IF_EXISTS_OR_ADD
          || action == AppendAction.OVERWRITE_IF_EXISTS;
    }

    /** Whether it is known when compiled that it is written, and what. */
    boolean isConstant() {
      return edit != null
          && (action == AppendAction.OVERWRITE_IF_EXISTS_OR_ADD
              || (action == AppendAction.APPEND_IF_EXISTS_OR_ADD && !joins));
    }

    HeaderEdit edit(String text) {
      return overwrites() ? HeaderEdit.set(name, text) : HeaderEdit.add(name, text);
    }
  }

  /** What is done whatever the request is, in order; the writes come after it. */
  private final HeaderEdit[] constants;

  private final Write[] writes;

  private HeaderMutator(HeaderEdit[] constants, Write[] writes) {
    this.constants = constants;
    this.writes = writes;
  }

  /** Compiles what a level changes of requests. */
  static HeaderMutator ofRequests(HeaderMutations mutations, String at) {
    return compile(mutations, fieldPath(at, "request_headers_to_add"), InlineHeaders.OF_REQUESTS);
  }

  /** Compiles what a level changes of responses. */
  static HeaderMutator ofResponses(HeaderMutations mutations, String at) {
    return compile(mutations, fieldPath(at, "response_headers_to_add"), InlineHeaders.OF_RESPONSES);
  }

  /** Compiles one change of a mirror's request; {@code at} is the option itself. */
  static HeaderMutator ofMirrors(HeaderMutations mutations, String at) {
    return compile(mutations, at, InlineHeaders.OF_REQUESTS);
  }

  private static String fieldPath(String at, String field) {
    return at.isEmpty() ? field : at + "." + field;
  }

  private static HeaderMutator compile(
      HeaderMutations mutations, String path, Set<String> inlineNames) {
    if (mutations.isEmpty()) {
      return NONE;
    }
    List<HeaderEdit> constants = new ArrayList<>();
    for (String name : mutations.remove()) {
      constants.add(HeaderEdit.remove(name));
    }
    List<Write> writes = new ArrayList<>();
    boolean constant = true;
    for (int i = 0; i < mutations.add().size(); i++) {
      HeaderValueOption option = mutations.add().get(i);
      Write write =
          compile(
              option,
              path + "[" + i + "].header.value",
              inlineNames.contains(Ascii.lower(option.name())));
      if (write.edit == null || !write.edit.value().isEmpty() || write.keepEmpty) {
        writes.add(write);
        constant &= write.isConstant();
      }
    }
    if (!constant) {
      return new HeaderMutator(constants.toArray(HeaderEdit[]::new), writes.toArray(Write[]::new));
    }
    for (boolean overwrites : new boolean[] {true, false}) {
      for (Write write : writes) {
        if (write.edit != null && write.overwrites() == overwrites) {
          constants.add(write.edit);
        }
      }
    }
    return new HeaderMutator(constants.toArray(HeaderEdit[]::new), new Write[0]);
  }

  private static Write compile(HeaderValueOption option, String path, boolean inline) {
    Format value = Format.compile(option.value(), path);
    String constant = value.constant();
    Write write =
        new Write(option.name(), value, null, option.action(), option.keepEmptyValue(), inline);
    return constant == null
        ? write
        : new Write(
            option.name(),
            value,
            write.edit(constant),
            option.action(),
            option.keepEmptyValue(),
            inline);
  }

  /** Whether it changes nothing. */
  boolean isEmpty() {
    return constants.length == 0 && writes.length == 0;
  }

  /** Changes the headers. */
  void apply(HeaderEdits headers, FormatContext context) {
    for (HeaderEdit edit : constants) {
      headers.add(edit);
    }
    if (writes.length == 0) {
      return;
    }
    @Nullable HeaderEdit[] computed = new HeaderEdit[writes.length];
    for (int i = 0; i < writes.length; i++) {
      computed[i] = compute(writes[i], headers, context);
    }
    for (int i = 0; i < writes.length; i++) {
      HeaderEdit edit = computed[i];
      if (edit != null && writes[i].overwrites()) {
        headers.add(edit);
      }
    }
    for (int i = 0; i < writes.length; i++) {
      HeaderEdit edit = computed[i];
      if (edit != null && !writes[i].overwrites()) {
        headers.add(writes[i].joins ? joined(edit, headers) : edit);
      }
    }
  }

  private static @Nullable HeaderEdit compute(
      Write write, HeaderEdits headers, FormatContext context) {
    if (write.action == AppendAction.ADD_IF_ABSENT && headers.first(write.name) != null) {
      return null;
    }
    if (write.action == AppendAction.OVERWRITE_IF_EXISTS && headers.first(write.name) == null) {
      return null;
    }
    if (write.edit != null) {
      return write.edit;
    }
    String text = write.value.evaluate(context);
    return text.isEmpty() && !write.keepEmpty ? null : write.edit(text);
  }

  private static HeaderEdit joined(HeaderEdit edit, HeaderEdits headers) {
    String there = headers.joined(edit.name());
    if (there == null || there.isEmpty()) {
      return there == null ? edit : HeaderEdit.set(edit.name(), edit.value());
    }
    return HeaderEdit.set(edit.name(), edit.value().isEmpty() ? there : there + "," + edit.value());
  }
}
