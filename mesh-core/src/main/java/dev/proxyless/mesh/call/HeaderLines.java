package dev.proxyless.mesh.call;

import dev.proxyless.mesh.Internal;
import dev.proxyless.mesh.route.HeaderEdit;
import java.util.ArrayList;
import java.util.List;

/** Header lines and what edits make of them. */
@Internal
public final class HeaderLines {

  private HeaderLines() {}

  /** Lines after some edits, in order. Names compare without regard to case. */
  public static List<Header> edited(List<Header> lines, List<HeaderEdit> edits) {
    if (edits.isEmpty()) {
      return lines;
    }
    List<Header> edited = new ArrayList<>(lines);
    for (HeaderEdit edit : edits) {
      if (edit.kind() != HeaderEdit.Kind.ADD) {
        edited.removeIf(line -> line.name().equalsIgnoreCase(edit.name()));
      }
      if (edit.kind() != HeaderEdit.Kind.REMOVE) {
        edited.add(new Header(edit.name(), edit.value()));
      }
    }
    return edited;
  }
}
