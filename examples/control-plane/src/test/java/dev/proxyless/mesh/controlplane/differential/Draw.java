package dev.proxyless.mesh.controlplane.differential;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.function.Supplier;

/** Draws from a seed. */
final class Draw {

  private final Random random;

  Draw(long seed) {
    random = new Random(seed);
  }

  boolean chance(int percent) {
    return random.nextInt(100) < percent;
  }

  /** From zero to one less than a bound. */
  int below(int bound) {
    return random.nextInt(bound);
  }

  /** Both inclusive. */
  int from(int least, int most) {
    return least + random.nextInt(most - least + 1);
  }

  @SafeVarargs
  final <T> T of(T... choices) {
    return choices[random.nextInt(choices.length)];
  }

  <T> T of(List<T> choices) {
    return choices.get(random.nextInt(choices.size()));
  }

  /** One of several ways to make something, of which only one is gone. */
  @SafeVarargs
  final <T> T way(Supplier<? extends T>... ways) {
    return ways[random.nextInt(ways.length)].get();
  }

  /** Something this often, else null. */
  <T> T maybe(int percent, Supplier<? extends T> supplier) {
    return chance(percent) ? supplier.get() : null;
  }

  /** True this often, else null: a field that is not there. */
  Boolean yes(int percent) {
    return chance(percent) ? Boolean.TRUE : null;
  }

  /** True, false or null, so that what is unset is drawn as well. */
  Boolean tristate() {
    return of(Boolean.TRUE, Boolean.FALSE, null);
  }

  <T> List<T> list(int least, int most, Supplier<? extends T> supplier) {
    List<T> list = new ArrayList<>();
    int size = from(least, most);
    for (int i = 0; i < size; i++) {
      list.add(supplier.get());
    }
    return list;
  }

  /** A list this often, else null. */
  <T> List<T> lists(int percent, int most, Supplier<? extends T> supplier) {
    return chance(percent) ? list(1, most, supplier) : null;
  }

  <T> List<T> shuffled(List<T> items) {
    List<T> shuffled = new ArrayList<>(items);
    Collections.shuffle(shuffled, random);
    return shuffled;
  }
}
