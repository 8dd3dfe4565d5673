package dev.proxyless.mesh.route;

import java.util.ArrayList;
import java.util.List;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * Changes to headers under way: what was there, and edits on top of it. Later edits see what
 * earlier ones made of it. Used by one thread.
 */
public final class HeaderEdits {

  private final UnaryOperator<@Nullable String> before;
  private final List<HeaderEdit> edits = new ArrayList<>(8);

  /** Edits of headers whose first values are given by their names, in any case. */
  public HeaderEdits(UnaryOperator<@Nullable String> before) {
    this.before = before;
  }

  /** The first value of a header as the edits leave it, or null. */
  public @Nullable String first(String name) {
    @Nullable String value = before.apply(name);
    for (int i = 0; i < edits.size(); i++) {
      HeaderEdit edit = edits.get(i);
      if (edit.name().equalsIgnoreCase(name)) {
        value =
            switch (edit.kind()) {
              case SET -> edit.value();
              case ADD -> value == null ? edit.value() : value;
              case REMOVE -> null;
            };
      }
    }
    return value;
  }

  /** Adds an edit. */
  public void add(HeaderEdit edit) {
    edits.add(edit);
  }

  /** How many edits there are. */
  public int size() {
    return edits.size();
  }

  /** One of the edits, in their order. */
  public HeaderEdit get(int index) {
    return edits.get(index);
  }

  /** The edits so far, in order. */
  public List<HeaderEdit> list() {
    return List.copyOf(edits);
  }
}
