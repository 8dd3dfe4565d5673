package dev.proxyless.mesh.controlplane.differential;

import dev.proxyless.mesh.call.Header;
import dev.proxyless.mesh.controlplane.differential.Comparison.Outcome;
import dev.proxyless.mesh.controlplane.differential.Comparison.Side;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** Takes away from a table and a request what a difference does not need. */
final class Shrinker {

  /** How many smaller tables Envoy is given at once. */
  private static final int BATCH = 40;

  private final Comparison comparison;
  private final String kind;
  private final long deadline;

  /** Shrinks what shows a difference of a kind, for so long at most. */
  Shrinker(Comparison comparison, String kind, Duration most) {
    this.comparison = comparison;
    this.kind = kind;
    deadline = System.nanoTime() + most.toNanos();
  }

  /** The smallest that still shows the difference. */
  Outcome shrink(Outcome outcome) throws Exception {
    Outcome smallest = shrinkTable(shrinkRequest(outcome));
    return shrinkTable(shrinkRequest(smallest)); // less of a table may need less of a request
  }

  private boolean isOver() {
    return System.nanoTime() > deadline;
  }

  private Outcome shrinkRequest(Outcome outcome) throws Exception {
    Outcome smallest =
        comparison
            .serve(List.of(outcome.side().table()))
            .get(0)
            .compare(List.of(outcome.request()))
            .get(0);
    boolean smaller = true;
    while (smaller && !isOver()) {
      smaller = false;
      for (Outcome each : smallest.side().compare(reductions(smallest.request()))) {
        if (each.kinds().contains(kind)) {
          smallest = each;
          smaller = true;
          break;
        }
      }
    }
    return smallest.kinds().contains(kind) ? smallest : outcome;
  }

  private static List<WireRequest> reductions(WireRequest request) {
    List<WireRequest> smaller = new ArrayList<>();
    List<Header> headers = request.headers();
    if (headers.size() > 1) {
      smaller.add(with(request, request.method(), request.authority(), request.path(), List.of()));
    }
    for (int i = 0; i < headers.size(); i++) {
      List<Header> less = new ArrayList<>(headers);
      less.remove(i);
      smaller.add(with(request, request.method(), request.authority(), request.path(), less));
    }
    String path = request.path();
    int query = path.indexOf('?');
    if (query >= 0) {
      smaller.add(
          with(request, request.method(), request.authority(), path.substring(0, query), headers));
      for (int and = path.lastIndexOf('&'); and > query; and = path.lastIndexOf('&', and - 1)) {
        smaller.add(
            with(request, request.method(), request.authority(), path.substring(0, and), headers));
      }
    }
    if (path.length() > 1) {
      smaller.add(with(request, request.method(), request.authority(), "/", headers));
      int slash = path.lastIndexOf('/');
      if (slash > 0) {
        smaller.add(
            with(
                request, request.method(), request.authority(), path.substring(0, slash), headers));
      }
    }
    if (!request.authority().equals("a.com")) {
      smaller.add(with(request, request.method(), "a.com", path, headers));
    }
    if (!request.method().equals("GET")) {
      smaller.add(with(request, "GET", request.authority(), path, headers));
    }
    if (request.external() || !request.scheme().equals("http")) {
      smaller.add(
          new WireRequest(request.method(), "http", request.authority(), path, headers, false));
    }
    return smaller;
  }

  private static WireRequest with(
      WireRequest request, String method, String authority, String path, List<Header> headers) {
    return new WireRequest(method, request.scheme(), authority, path, headers, request.external());
  }

  private Outcome shrinkTable(Outcome outcome) throws Exception {
    Outcome smallest = outcome;
    boolean smaller = true;
    while (smaller && !isOver()) {
      smaller = false;
      List<Table> tables = reductions(smallest.side().table());
      for (int i = 0; i < tables.size() && !smaller; i += BATCH) {
        Outcome found =
            firstAlike(tables.subList(i, Math.min(i + BATCH, tables.size())), smallest.request());
        if (found != null) {
          smallest = found;
          smaller = true;
        }
      }
    }
    return smallest;
  }

  private Outcome firstAlike(List<Table> tables, WireRequest request) throws Exception {
    for (Side side : comparison.serve(tables)) {
      Outcome outcome = side.compare(List.of(request)).get(0);
      if (outcome.kinds().contains(kind)) {
        return outcome;
      }
    }
    return null;
  }

  @SuppressWarnings("unchecked") // a table's tree has texts for keys
  private static List<Table> reductions(Table table) {
    return Trees.reductions(table.manager()).stream()
        .map(tree -> new Table((Map<String, Object>) tree))
        .toList();
  }
}
