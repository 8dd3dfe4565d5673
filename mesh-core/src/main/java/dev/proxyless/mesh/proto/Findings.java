package dev.proxyless.mesh.proto;

import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/** What was noticed while a resource was read: fields that do not act here. Not thread-safe. */
public final class Findings {

  private static final int MAX = 1_000;

  private final Set<Finding> all = new LinkedHashSet<>();

  /**
   * One field that does not act.
   *
   * @param path the field's path in its resource
   * @param state {@link FieldState#REPORTED} or {@link FieldState#INERT}
   * @param reason why, in a few words
   */
  public record Finding(String path, FieldState state, String reason) {
    @Override
    public String toString() {
      return path + ": " + reason;
    }
  }

  /** Adds a finding, once; beyond a bound, findings are dropped. */
  public void add(String path, FieldState state, String reason) {
    if (all.size() < MAX) {
      all.add(new Finding(path, state, reason));
    }
  }

  /** Adds a finding of state {@link FieldState#REPORTED}. */
  public void report(String path, String reason) {
    add(path, FieldState.REPORTED, reason);
  }

  /** All findings, in the order in which they were made. */
  public List<Finding> all() {
    return List.copyOf(all);
  }

  /** The findings of state {@link FieldState#REPORTED}. */
  public List<Finding> reported() {
    return all.stream().filter(finding -> finding.state() == FieldState.REPORTED).toList();
  }
}
