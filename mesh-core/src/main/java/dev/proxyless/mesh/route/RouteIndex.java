package dev.proxyless.mesh.route;

import dev.proxyless.mesh.model.RouteMatch.PathMatch;
import dev.proxyless.mesh.route.PathIndex.Place;
import dev.proxyless.mesh.route.RadixTrie.Reading;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Routes of which the first that takes a request wins. A request's path leads to the few that it
 * can be meant for; their other conditions are tried in configuration order, up to the winner. So
 * the cost grows with the path's length and with the candidates before the winner, not with the
 * number of routes. Immutable.
 */
final class RouteIndex implements RouteFinder {

  /** Up to here places are looked through for the next candidate; more are kept in a heap. */
  private static final int FEW = 8;

  /** How many routes are told one by one. */
  private static final int MAX_TOLD = 50;

  private final RouteEntry[] routes;
  private final @Nullable PathIndex asWritten;
  private final @Nullable PathIndex anyCase;
  private final @Nullable Candidates connect;

  RouteIndex(List<RouteEntry> routes) {
    this.routes = routes.toArray(RouteEntry[]::new);
    PathIndex.Builder written = new PathIndex.Builder(Reading.FORWARD);
    PathIndex.Builder any = new PathIndex.Builder(Reading.ANY_CASE);
    int[] connects = new int[this.routes.length];
    int count = 0;
    for (int i = 0; i < this.routes.length; i++) {
      RouteConditions conditions = this.routes[i].conditions();
      PathCondition path = conditions.path();
      if (path.match() instanceof PathMatch.Connect) {
        connects[count++] = i;
      } else {
        (path.ignoresCase() ? any : written).add(i, path, conditions.pathAlone());
      }
    }
    asWritten = written.build();
    anyCase = any.build();
    connect = count == 0 ? null : new Candidates(connects, count, Candidates.NONE, null);
  }

  @Override
  public @Nullable RouteEntry find(RequestView request) {
    boolean hasPath = request.hasPath;
    Place written = asWritten == null || !hasPath ? null : asWritten.find(request);
    Place any = anyCase == null || !hasPath ? null : anyCase.find(request);
    Candidates connects = connect == null || !request.isConnect() ? null : connect;
    int end = request.pathEnd;
    int limit = Candidates.NONE;
    int places = connects == null ? 0 : connects.places;
    if (written != null) {
      limit = written.sure(end);
      places += written.places(end);
    }
    if (any != null) {
      limit = Math.min(limit, any.sure(end));
      places += any.places(end);
    }
    int found = places == 0 ? limit : first(request, written, any, connects, places, limit);
    return found == Candidates.NONE ? null : routes[found];
  }

  private int first(
      RequestView request,
      @Nullable Place written,
      @Nullable Place any,
      @Nullable Candidates connects,
      int places,
      int limit) {
    int end = request.pathEnd;
    Candidates a = written == null ? null : written.candidates(end);
    Candidates b = any == null ? null : any.candidates(end);
    return places > FEW
        ? new CandidateHeap(places).add(a).add(b).add(connects).first(this, request, limit)
        : first(request, a, b, connects, limit);
  }

  /** Whether a route takes a request whose path leads to it. */
  boolean takes(int number, RequestView request) {
    RouteConditions conditions = routes[number].conditions();
    return conditions.testOthers(request) && conditions.path().testBeyondIndex(request);
  }

  /**
   * The first candidate before a limit that takes a request, else the limit. It finds the place
   * with the lowest number, and goes on there for as long as no other place has a lower one.
   */
  private int first(
      RequestView request,
      @Nullable Candidates a,
      @Nullable Candidates b,
      @Nullable Candidates c,
      int limit) {
    int last = -1;
    while (true) {
      int lowest = limit;
      int second = limit;
      int index = 0;
      Candidates place = null;
      for (int chain = 0; chain < 3; chain++) {
        Candidates each = chain == 0 ? a : chain == 1 ? b : c;
        for (; each != null; each = each.above) {
          int at = each.after(last);
          int number = at < each.maybe.length ? each.maybe[at] : Candidates.NONE;
          if (number < lowest) {
            second = lowest;
            lowest = number;
            place = each;
            index = at;
          } else if (number < second) {
            second = number;
          }
        }
      }
      if (place == null) {
        return limit;
      }
      int[] numbers = place.maybe;
      while (index < numbers.length && numbers[index] < second) {
        last = numbers[index++];
        if (takes(last, request)) {
          return last;
        }
      }
    }
  }

  @Override
  public void explain(RequestView request, List<String> steps) {
    RouteEntry taker = find(request);
    int tried = 0;
    while (tried < routes.length && routes[tried] != taker) {
      if (tried < MAX_TOLD) {
        String wanted = routes[tried].conditions().firstFailure(request).orElse("nothing");
        steps.add(label(tried) + "does not: it wants that " + wanted);
      }
      tried++;
    }
    tellCount(tried - MAX_TOLD, steps);
    steps.add(taker == null ? "no route of the virtual host takes it" : label(tried) + "takes it");
  }

  private String label(int index) {
    return "route " + index + " \"" + routes[index].name() + "\" ";
  }

  private static void tellCount(int untold, List<String> steps) {
    if (untold > 0) {
      steps.add(untold + (untold == 1 ? " more route does not" : " more routes do not"));
    }
  }
}
