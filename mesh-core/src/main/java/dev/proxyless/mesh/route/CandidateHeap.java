package dev.proxyless.mesh.route;

import org.jspecify.annotations.Nullable;

/**
 * Merges the candidates of many places in configuration order: a binary heap of places by the
 * number that each has next. Used by one thread, once.
 */
final class CandidateHeap {

  private final int[][] numbers;
  private final int[] next;
  private int size;

  CandidateHeap(int places) {
    numbers = new int[places][];
    next = new int[places];
  }

  /** Adds a place and those above it. */
  CandidateHeap add(@Nullable Candidates candidates) {
    for (Candidates each = candidates; each != null; each = each.above) {
      if (each.maybe.length > 0) {
        numbers[size++] = each.maybe;
      }
    }
    return this;
  }

  /** The first candidate before a limit that takes a request, else the limit. */
  int first(RouteIndex index, RequestView request, int limit) {
    for (int i = size / 2 - 1; i >= 0; i--) {
      sink(i);
    }
    while (size > 0) {
      int number = numbers[0][next[0]];
      if (number >= limit) {
        return limit;
      }
      if (index.takes(number, request)) {
        return number;
      }
      next[0]++;
      if (next[0] == numbers[0].length) {
        size--;
        numbers[0] = numbers[size];
        next[0] = next[size];
      }
      sink(0);
    }
    return limit;
  }

  private void sink(int from) {
    int parent = from;
    while (true) {
      int least = parent;
      for (int child = 2 * parent + 1; child <= 2 * parent + 2 && child < size; child++) {
        least = head(child) < head(least) ? child : least;
      }
      if (least == parent) {
        return;
      }
      int[] list = numbers[parent];
      numbers[parent] = numbers[least];
      numbers[least] = list;
      int at = next[parent];
      next[parent] = next[least];
      next[least] = at;
      parent = least;
    }
  }

  private int head(int place) {
    return numbers[place][next[place]];
  }
}
