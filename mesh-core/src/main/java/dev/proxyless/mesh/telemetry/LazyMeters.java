package dev.proxyless.mesh.telemetry;

import java.util.Arrays;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.IntFunction;
import org.jspecify.annotations.Nullable;

/**
 * Meters by a small number, made on first use. Reading takes no lock, boxes nothing and allocates
 * nothing; making one copies the whole, which happens a few times in the life of a process.
 */
final class LazyMeters<T> {

  private final ReentrantLock making = new ReentrantLock();
  private volatile State state = new State(new int[0], new Object[0]);

  private static final class State {
    private final int[] keys;
    private final Object[] values;

    State(int[] keys, Object[] values) {
      this.keys = keys;
      this.values = values;
    }

    @Nullable Object find(int key) {
      int at = Arrays.binarySearch(keys, key);
      return at < 0 ? null : values[at];
    }

    State with(int key, Object value) {
      int at = -(Arrays.binarySearch(keys, key) + 1);
      int[] newKeys = Arrays.copyOf(keys, keys.length + 1);
      Object[] newValues = Arrays.copyOf(values, values.length + 1);
      System.arraycopy(keys, at, newKeys, at + 1, keys.length - at);
      System.arraycopy(values, at, newValues, at + 1, values.length - at);
      newKeys[at] = key;
      newValues[at] = value;
      return new State(newKeys, newValues);
    }
  }

  /** The meter, or null before its first use. */
  @SuppressWarnings("unchecked") // only make's results are put in
  @Nullable T get(int key) {
    return (T) state.find(key);
  }

  /** The meter, made if it is not there yet. */
  T get(int key, IntFunction<T> make) {
    T found = get(key);
    return found == null ? add(key, make) : found;
  }

  @SuppressWarnings("unchecked") // only make's results are put in
  private T add(int key, IntFunction<T> make) {
    making.lock();
    try {
      Object found = state.find(key);
      if (found == null) {
        found = make.apply(key);
        state = state.with(key, found);
      }
      return (T) found;
    } finally {
      making.unlock();
    }
  }
}
