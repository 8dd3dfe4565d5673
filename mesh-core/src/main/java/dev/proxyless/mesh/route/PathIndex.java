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

  /**
   * What stands at the end of one text. What a search asks first is kept here, so that it ends here
   * where only the path counts.
   */
  static final class Place {
    private final Numbers exact = new Numbers();
    private final Numbers deeper = new Numbers();
    private final int depth;
    private int sureHere = Candidates.NONE;
    private int sureOnward = Candidates.NONE;
    private int placesHere;
    private int placesOnward;
    private @Nullable Candidates here;
    private @Nullable Candidates onward;

    Place(int depth) {
      this.depth = depth;
    }

    private void seal(@Nullable Place above) {
      Candidates below = deeper.seal(above == null ? null : above.onward);
      Candidates ending = exact.seal(below);
      onward = below;
      sureOnward = below.sure;
      placesOnward = below.places;
      here = ending;
      sureHere = ending.sure;
      placesHere = ending.places;
    }

    /** The first route that surely takes a path that leads here and ends there. */
    int sure(int end) {
      return depth == end ? sureHere : sureOnward;
    }

    /** How many places have routes that may take it. */
    int places(int end) {
      return depth == end ? placesHere : placesOnward;
    }

    /** The routes that may take it. */
    @Nullable Candidates candidates(int end) {
      return depth == end ? here : onward;
    }
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
        place(text).deeper.add(number, pathAlone);
      } else if (match instanceof PathMatch.PathSeparatedPrefix) {
        place(text).exact.add(number, pathAlone);
        place(text + "/").deeper.add(number, pathAlone);
      } else {
        place(path.literalPrefix()).deeper.add(number, false);
      }
    }

    private Place place(String text) {
      return places.computeIfAbsent(
          reading == Reading.ANY_CASE ? Ascii.lower(text) : text, key -> new Place(key.length()));
    }

    /** The index, or null where nothing was added. */
    @Nullable PathIndex build() {
      if (places.isEmpty()) {
        return null;
      }
      RadixTrie<Place> trie = RadixTrie.of(reading, places);
      trie.topDown((above, place) -> place.seal(above));
      return new PathIndex(trie);
    }
  }

  /** Where a path leads to, or null. */
  @Nullable Place find(RequestView request) {
    return places.longest(request.target, request.pathEnd);
  }
}
