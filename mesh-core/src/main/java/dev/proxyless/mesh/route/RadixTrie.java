package dev.proxyless.mesh.route;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.TreeMap;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/**
 * Finds the longest of many keys that a text begins with, in time that grows with the text and not
 * with the number of keys: a tree whose edges are pieces of keys (Morrison, PATRICIA, 1968). It is
 * built from sorted keys without recursion, and an edge is cut out of a key where it stands, so
 * that memory grows with the number of keys, however deep they nest. Immutable.
 *
 * @param <V> what a key stands for
 */
final class RadixTrie<V> {

  /** How a text is read. */
  enum Reading {
    /** As it stands. */
    FORWARD,
    /** A to Z as a to z. */
    ANY_CASE,
    /** From its end. */
    BACKWARD
  }

  private static final class Node<V> {
    /** How many characters lead here from the root. */
    final int depth;

    final @Nullable V value;

    /** What leads here from the node above, but for its first character. */
    final char[] label;

    /** The first characters of what leads on, ascending; empty where {@link #children} has gaps. */
    private final char[] heads;

    /** The nodes below, by their heads; or from the lowest head on, with gaps. */
    private final @Nullable Node<V>[] children;

    private final char lowest;

    Node(Draft<V> draft, int above) {
      depth = draft.depth;
      value = draft.value;
      label = draft.key.substring(Math.min(above + 1, depth), depth).toCharArray();
      int count = draft.below.size();
      lowest = count == 0 ? 0 : draft.heads.charAt(0);
      int range = count == 0 ? 0 : draft.heads.charAt(count - 1) - lowest + 1;
      boolean gaps = range <= 4 * count + 4;
      heads = gaps ? new char[0] : draft.heads.toString().toCharArray();
      children = array(gaps ? range : count);
      for (int i = 0; i < count; i++) {
        children[gaps ? draft.heads.charAt(i) - lowest : i] = draft.below.get(i);
      }
    }

    @SuppressWarnings({"unchecked", "rawtypes"})
    private static <V> @Nullable Node<V>[] array(int length) {
      return new Node[length];
    }

    @Nullable Node<V> child(char head) {
      int at = heads.length == 0 ? head - lowest : Arrays.binarySearch(heads, head);
      @Nullable Node<V>[] all = children;
      return at < 0 || at >= all.length ? null : all[at];
    }
  }

  /** A node that is still being built. */
  private static final class Draft<V> {
    /** A key that passes through; its first {@link #depth} characters lead here. */
    final String key;

    final int depth;
    final @Nullable V value;
    final StringBuilder heads = new StringBuilder();
    final List<Node<V>> below = new ArrayList<>(1);

    Draft(String key, int depth, @Nullable V value) {
      this.key = key;
      this.depth = depth;
      this.value = value;
    }

    void add(Draft<V> child) {
      heads.append(child.key.charAt(depth));
      below.add(new Node<>(child, depth));
    }
  }

  private final Reading reading;
  private final Node<V> root;

  private RadixTrie(Reading reading, Node<V> root) {
    this.reading = reading;
    this.root = root;
  }

  /** A tree of keys; they are lowered or turned around here as their reading asks. */
  static <V> RadixTrie<V> of(Reading reading, Map<String, V> keys) {
    NavigableMap<String, V> sorted = new TreeMap<>();
    keys.forEach((key, value) -> sorted.put(read(reading, key), value));
    ArrayDeque<Draft<V>> way = new ArrayDeque<>();
    way.push(new Draft<>("", 0, sorted.get("")));
    for (Map.Entry<String, V> each : sorted.tailMap("", false).entrySet()) {
      String key = each.getKey();
      close(way, common(way.element(), key));
      way.push(new Draft<>(key, key.length(), each.getValue()));
    }
    close(way, 0);
    return new RadixTrie<>(reading, new Node<>(way.element(), 0));
  }

  private static String read(Reading reading, String key) {
    return switch (reading) {
      case FORWARD -> key;
      case ANY_CASE -> Ascii.lower(key);
      case BACKWARD -> {
        char[] chars = key.toCharArray();
        for (int i = 0; i < chars.length; i++) {
          chars[i] = key.charAt(chars.length - 1 - i);
        }
        yield new String(chars);
      }
    };
  }

  /** How many characters a node's key and another key begin with together. */
  private static int common(Draft<?> node, String key) {
    int end = Math.min(node.depth, key.length());
    int i = 0;
    while (i < end && node.key.charAt(i) == key.charAt(i)) {
      i++;
    }
    return i;
  }

  /** Hands the nodes of the way that are deeper than this to their parents. */
  private static <V> void close(ArrayDeque<Draft<V>> way, int depth) {
    while (way.element().depth > depth) {
      Draft<V> child = way.pop();
      if (way.element().depth < depth) {
        way.push(new Draft<>(child.key, depth, null));
      }
      way.element().add(child);
    }
  }

  /** Gives every value, from the root down, together with the next value above it. */
  void topDown(BiConsumer<@Nullable V, V> visitor) {
    record Visit<V>(Node<V> node, @Nullable V above) {}
    ArrayDeque<Visit<V>> open = new ArrayDeque<>();
    open.push(new Visit<>(root, null));
    while (!open.isEmpty()) {
      Visit<V> visit = open.pop();
      V above = visit.above;
      V value = visit.node.value;
      if (value != null) {
        visitor.accept(above, value);
        above = value;
      }
      for (Node<V> child : visit.node.children) {
        if (child != null) {
          open.push(new Visit<>(child, above));
        }
      }
    }
  }

  /**
   * What the longest key stands for that the text begins with, read as this tree reads; null where
   * there is none.
   *
   * @param max how many characters the key may have
   */
  @Nullable V longest(String text, int max) {
    Node<V> node = root;
    V found = node.value;
    while (node.depth < max) {
      Node<V> child = node.child(at(text, node.depth));
      if (child == null || child.depth > max || !leadsTo(child, text, node.depth + 1)) {
        break;
      }
      node = child;
      V value = node.value;
      if (value != null) {
        found = value;
      }
    }
    return found;
  }

  private char at(String text, int index) {
    return switch (reading) {
      case FORWARD -> text.charAt(index);
      case ANY_CASE -> Ascii.lower(text.charAt(index));
      case BACKWARD -> text.charAt(text.length() - 1 - index);
    };
  }

  private boolean leadsTo(Node<V> child, String text, int from) {
    char[] label = child.label;
    for (int i = 0; i < label.length; i++) {
      if (at(text, from + i) != label[i]) {
        return false;
      }
    }
    return true;
  }
}
