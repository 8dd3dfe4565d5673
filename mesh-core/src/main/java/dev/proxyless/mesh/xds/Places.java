package dev.proxyless.mesh.xds;

import dev.proxyless.mesh.document.DocumentException;
import dev.proxyless.mesh.document.Node;
import dev.proxyless.mesh.proto.InvalidMessageException;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Finds where in a document stands what a resource was refused for. */
public final class Places {

  private static final Pattern STEP = Pattern.compile("([^.\\[\\]]+)|\\[(\\d+)]|\\[\"(.*?)\"]");

  private Places() {}

  /**
   * Decodes a message that stands in a document.
   *
   * @throws DocumentException if it is refused; the message names file, line and field
   */
  public static <T> T in(Node message, Supplier<T> decoding) {
    try {
      return decoding.get();
    } catch (InvalidMessageException refused) {
      throw placed(message, refused);
    }
  }

  private static DocumentException placed(Node message, InvalidMessageException refused) {
    for (Throwable cause = refused.getCause(); cause != null; cause = cause.getCause()) {
      if (cause instanceof DocumentException told) {
        return told;
      }
    }
    String reason = String.valueOf(refused.getMessage());
    String suffix = " \\(" + Pattern.quote(message.file()) + ":\\d+\\)$";
    String within = message.path().isEmpty() ? "" : message.path() + ".";
    return new DocumentException(
        find(message, refused.path()).where() + ": " + within + reason.replaceFirst(suffix, ""),
        refused);
  }

  /** The value at a path, or the last one on the way to it that is there. */
  private static Node find(Node root, String path) {
    Node at = root;
    Matcher steps = STEP.matcher(path);
    while (steps.find()) {
      Node next = next(at, steps);
      if (next == null) {
        return at;
      }
      at = next;
    }
    return at;
  }

  private static @Nullable Node next(Node at, Matcher step) {
    if (step.group(2) != null) {
      List<Node> items = at.isList() ? at.items() : List.of();
      int index = step.group(2).length() < 9 ? Integer.parseInt(step.group(2)) : Integer.MAX_VALUE;
      return index < items.size() ? items.get(index) : null;
    }
    Map<String, Node> fields = at.isMap() ? at.fields() : Map.of();
    return fields.get(step.group(1) == null ? step.group(3) : step.group(1));
  }
}
