package dev.proxyless.mesh.controlplane;

import dev.proxyless.mesh.appmesh.Problem;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.Set;

/** Tells each problem once, when it comes, and an error once more when it is gone. */
final class ProblemLog {

  private final EventSink events;
  private Set<Problem> known = Set.of();

  ProblemLog(EventSink events) {
    this.events = events;
  }

  /** Takes what is wrong now. */
  void now(Collection<Problem> problems) {
    Set<Problem> before = known;
    known = new LinkedHashSet<>(problems);
    for (Problem each : known) {
      if (!before.contains(each)) {
        events.tell(new Event.ProblemFound(each));
      }
    }
    for (Problem each : before) {
      if (each.isError() && !isStillWrong(each)) {
        events.tell(new Event.ProblemGone(each));
      }
    }
  }

  /** A place that has another error now is not mended. */
  private boolean isStillWrong(Problem gone) {
    return known.stream().anyMatch(each -> each.isError() && file(each).equals(file(gone)));
  }

  private static String file(Problem problem) {
    return problem.where().replaceFirst(":\\d+$", "");
  }
}
