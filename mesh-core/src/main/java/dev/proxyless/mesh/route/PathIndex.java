package dev.proxyless.mesh.route;

import dev.proxyless.mesh.model.RouteMatch.PathMatch;
import dev.proxyless.mesh.route.RadixTrie.Reading;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Which routes a path can lead to, by the text that it must be or begin with. Exact paths stand at
 * the end of theirs, prefixes, regular expressions and URI templates where their literal part ends.
 * Immutable.
 */
final class PathIndex {

  /** What stands at the end of one text. */
  private static final class Place {
    private final Numbers exact = new Numbers();
    private final Numbers below = new Numbers();
    private int depth;
    private @Nullable Candidates here;
    private @Nullable Candidates onward;
  }

  /** Numbers of routes in configuration order, while a table is compiled. */
  private static final class Numbers {
    private int[] maybe = new int[1];
    private int count;
    private int sure = Candidates.NONE;

    void add(int number, boolean isSure) {
      if (sure != Candidates.NONE) {
        return; // a route before it takes all that it could
      }
      if (isSure) {
        sure = number;
        return;
      }
      if (count == maybe.length) {
        maybe = Arrays.copyOf(maybe, 2 * count);
      }
      maybe[count++] = number;
    }

    Candidates seal(@Nullable Candidates above) {
      return new Candidates(maybe, count, sure, above);
    }
  }

  private final RadixTrie<Place> places;

  private PathIndex(RadixTrie<Place> places) {
    this.places = places;
  }

  /** Collects the routes whose paths are read in one way. */
  static final class Builder {
    private final Reading reading;
    private final Map<String, Place> places = new HashMap<>();

    Builder(Reading reading) {
      this.reading = reading;
    }

    /** Adds a route; numbers must ascend. */
    void add(int number, PathCondition path, boolean pathAlone) {
      PathMatch match = path.match();
      String text = match.value();
      if (match instanceof PathMatch.Exact) {
        place(text).exact.add(number, pathAlone);
      } else if (match instanceof PathMatch.Prefix) {
        place(text).below.add(number, pathAlone);
      } else if (match instanceof PathMatch.PathSeparatedPrefix) {
        place(text).exact.add(number, pathAlone);
        place(text + "/").below.add(number, pathAlone);
      } else {
        place(path.literalPrefix()).below.add(number, false);
      }
    }

    private Place place(String text) {
      return places.computeIfAbsent(
          reading == Reading.ANY_CASE ? Ascii.lower(text) : text, key -> new Place());
    }

    /** The index, or null where nothing was added. */
    @Nullable PathIndex build() {
      if (places.isEmpty()) {
        return null;
      }
      places.forEach((text, place) -> place.depth = text.length());
      RadixTrie<Place> trie = RadixTrie.of(reading, places);
      trie.topDown(
          (above, place) -> {
            Candidates onward = place.below.seal(above == null ? null : above.onward);
            place.onward = onward;
            place.here = place.exact.seal(onward);
          });
      return new PathIndex(trie);
    }
  }

  /** The routes that a path can lead to, or null. */
  @Nullable Candidates find(RequestView request) {
    int end = request.pathEnd;
    Place place = places.longest(request.target, end);
    if (place == null) {
      return null;
    }
    return place.depth == end ? place.here : place.onward;
  }
}
