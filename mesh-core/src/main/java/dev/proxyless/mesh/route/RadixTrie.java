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

  /** Up to here heads are looked through one by one. */
  private static final int FEW = 8;

  private static final class Node<V> {
    /** A key that passes through; its first {@link #depth} characters lead here. */
    final String key;

    final int depth;
    final @Nullable V value;
    char[] heads = {};
    List<Node<V>> children = new ArrayList<>(1);

    Node(String key, int depth, @Nullable V value) {
      this.key = key;
      this.depth = depth;
      this.value = value;
    }

    void seal() {
      heads = new char[children.size()];
      for (int i = 0; i < heads.length; i++) {
        heads[i] = children.get(i).key.charAt(depth);
      }
    }

    @Nullable Node<V> child(char head) {
      char[] all = heads;
      if (all.length > FEW) {
        int at = Arrays.binarySearch(all, head);
        return at < 0 ? null : children.get(at);
      }
      for (int i = 0; i < all.length; i++) {
        if (all[i] == head) {
          return children.get(i);
        }
      }
      return null;
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
    ArrayDeque<Node<V>> way = new ArrayDeque<>();
    way.push(new Node<>("", 0, sorted.get("")));
    for (Map.Entry<String, V> each : sorted.tailMap("", false).entrySet()) {
      String key = each.getKey();
      close(way, common(way.element(), key));
      way.push(new Node<>(key, key.length(), each.getValue()));
    }
    close(way, 0);
    Node<V> root = way.element();
    root.seal();
    return new RadixTrie<>(reading, root);
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
  private static int common(Node<?> node, String key) {
    int end = Math.min(node.depth, key.length());
    int i = 0;
    while (i < end && node.key.charAt(i) == key.charAt(i)) {
      i++;
    }
    return i;
  }

  /** Hands the nodes of the way that are deeper than this to their parents. */
  private static <V> void close(ArrayDeque<Node<V>> way, int depth) {
    while (way.element().depth > depth) {
      Node<V> child = way.pop();
      child.seal();
      if (way.element().depth < depth) {
        way.push(new Node<>(child.key, depth, null));
      }
      way.element().children.add(child);
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
        open.push(new Visit<>(child, above));
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
    if (reading == Reading.FORWARD) {
      return text.regionMatches(from, child.key, from, child.depth - from);
    }
    for (int i = from; i < child.depth; i++) {
      if (at(text, i) != child.key.charAt(i)) {
        return false;
      }
    }
    return true;
  }
}
