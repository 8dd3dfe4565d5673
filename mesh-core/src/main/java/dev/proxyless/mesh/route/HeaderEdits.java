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
  private final UnaryOperator<@Nullable String> joinedBefore;
  private final List<HeaderEdit> edits = new ArrayList<>(8);

  /** Edits of headers whose first values are given by their names, in any case. */
  public HeaderEdits(UnaryOperator<@Nullable String> before) {
    this(before, before);
  }

  private HeaderEdits(
      UnaryOperator<@Nullable String> before, UnaryOperator<@Nullable String> joinedBefore) {
    this.before = before;
    this.joinedBefore = joinedBefore;
  }

  /** Edits of a request's headers. */
  public static HeaderEdits of(RequestHead head) {
    return new HeaderEdits(head::header, name -> joined(head, name));
  }

  /** All values of a header, joined by commas, or null. */
  static @Nullable String joined(RequestHead head, String name) {
    String all = null;
    for (int i = 0; i < head.headerCount(); i++) {
      if (head.headerName(i).equalsIgnoreCase(name)) {
        all = all == null ? head.headerValue(i) : all + "," + head.headerValue(i);
      }
    }
    return all;
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

  /** All values of a header as the edits leave it, joined by commas, or null. */
  @Nullable String joined(String name) {
    @Nullable String value = joinedBefore.apply(name);
    for (int i = 0; i < edits.size(); i++) {
      HeaderEdit edit = edits.get(i);
      if (edit.name().equalsIgnoreCase(name)) {
        value =
            switch (edit.kind()) {
              case SET -> edit.value();
              case ADD -> value == null ? edit.value() : value + "," + edit.value();
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

  /** Others, then the edits so far, in order. */
  public List<HeaderEdit> after(List<HeaderEdit> others) {
    if (others.isEmpty()) {
      return list();
    }
    List<HeaderEdit> all = new ArrayList<>(others.size() + edits.size());
    all.addAll(others);
    all.addAll(edits);
    return all;
  }

  /** The edits so far, in order. */
  public List<HeaderEdit> list() {
    return List.copyOf(edits);
  }
}
