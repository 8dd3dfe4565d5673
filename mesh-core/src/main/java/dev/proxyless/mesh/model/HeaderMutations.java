package dev.proxyless.mesh.model;

import java.util.List;

/**
 * What one level (weighted cluster, route, virtual host, route configuration) changes of headers.
 * Removals come first, then overwrites, then additions.
 *
 * @param add {@code *_headers_to_add}, in order
 * @param remove {@code *_headers_to_remove}, in lower case
 */
public record HeaderMutations(List<HeaderValueOption> add, List<String> remove) {

  /** Changes nothing. */
  public static final HeaderMutations NONE = new HeaderMutations(List.of(), List.of());

  /** Whether nothing is changed. */
  public boolean isEmpty() {
    return add.isEmpty() && remove.isEmpty();
  }
}
