package dev.proxyless.mesh.route;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * The routes of one place of a path that may take a request there, by their numbers in
 * configuration order, and those of the places above, which the path passes through. Immutable.
 *
 * <p>A route whose only condition is its path takes every request that comes here; what stands
 * after such a route, here or above, never gets a turn and is left out.
 */
final class Candidates {

  /** No route. */
  static final int NONE = Integer.MAX_VALUE;

  private static final int[] EMPTY = {};

  /** Routes that have other conditions, ascending. */
  final int[] maybe;

  /** The next place above that has any such route, or null. */
  final @Nullable Candidates above;

  /** The first route, here or above, that surely takes the request. */
  final int sure;

  /** How many places have a route that may, this and those above. */
  final int places;

  /**
   * Makes a place.
   *
   * @param numbers of the routes here, ascending
   * @param count how many of them there are
   * @param sure the first route here that surely takes the request, or {@link #NONE}
   */
  Candidates(int[] numbers, int count, int sure, @Nullable Candidates above) {
    this.sure = above == null ? sure : Math.min(sure, above.sure);
    int length = 0;
    while (length < count && numbers[length] < this.sure) {
      length++;
    }
    maybe = length == 0 ? EMPTY : Arrays.copyOf(numbers, length);
    this.above = above == null || above.maybe.length > 0 ? above : above.above;
    places = (length == 0 ? 0 : 1) + (above == null ? 0 : above.places);
  }

  /** The index of the first number after one, or the length. */
  int after(int number) {
    int low = 0;
    int high = maybe.length;
    while (low < high) {
      int middle = (low + high) >>> 1;
      if (maybe[middle] <= number) {
        low = middle + 1;
      } else {
        high = middle;
      }
    }
    return low;
  }
}
