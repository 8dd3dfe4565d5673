package dev.proxyless.mesh.route;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * Changes to headers under way: what was there, and edits on top of it. Later edits see what
 * earlier ones made of it. Used by one thread.
 */
public final class HeaderEdits {

  /** What was there: a request's head, or what tells the first value of a header. */
  private final @Nullable RequestHead head;

  private final @Nullable UnaryOperator<@Nullable String> lookup;

  /** Grows as needed; most requests have few edits. */
  private HeaderEdit[] edits = NONE;

  private static final HeaderEdit[] NONE = {};

  private int size;

  /** Edits of headers whose first values are given by their names, in any case. */
  public HeaderEdits(UnaryOperator<@Nullable String> before) {
    head = null;
    lookup = before;
  }

  private HeaderEdits(RequestHead head) {
    this.head = head;
    lookup = null;
  }

  /** Edits of a request's headers. */
  public static HeaderEdits of(RequestHead head) {
    return new HeaderEdits(head);
  }

  private @Nullable String before(String name) {
    if (head != null) {
      return head.header(name);
    }
    return lookup == null ? null : lookup.apply(name);
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
    @Nullable String value = before(name);
    for (int i = 0; i < size; i++) {
      HeaderEdit edit = edits[i];
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
    @Nullable String value = head == null ? before(name) : joined(head, name);
    for (int i = 0; i < size; i++) {
      HeaderEdit edit = edits[i];
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
    if (size == edits.length) {
      edits = Arrays.copyOf(edits, Math.max(2, 2 * size));
    }
    edits[size++] = edit;
  }

  /** How many edits there are. */
  public int size() {
    return size;
  }

  /** One of the edits, in their order. */
  public HeaderEdit get(int index) {
    return edits[index];
  }

  /** Others, then the edits so far, in order. */
  public List<HeaderEdit> after(List<HeaderEdit> others) {
    if (size == 0) {
      return others;
    }
    if (others.isEmpty()) {
      return list();
    }
    List<HeaderEdit> all = new ArrayList<>(others.size() + size);
    all.addAll(others);
    all.addAll(list());
    return all;
  }

  /** The edits so far, in order, as they are now. */
  public List<HeaderEdit> list() {
    return size == 0 ? List.of() : Arrays.asList(Arrays.copyOf(edits, size));
  }
}
