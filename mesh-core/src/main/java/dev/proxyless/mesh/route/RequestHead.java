package dev.proxyless.mesh.route;

import org.jspecify.annotations.Nullable;

/**
 * The head of a request as the caller made it, read in place: a transport implements this over its
 * own request type. Headers keep their order; a name may stand several times and its case is as
 * sent.
 *
 * <p>It must not change while the mesh uses it.
 */
public interface RequestHead {

  /** The method, such as {@code GET}. */
  String method();

  /** {@code http} or {@code https}. */
  String scheme();

  /** Host and port as they stand in {@code Host} or {@code :authority}. */
  String authority();

  /** The destination port, told or implied by the scheme. */
  int port();

  /** The path with its query, percent-encoded as it is sent. */
  String path();

  int headerCount();

  String headerName(int index);

  String headerValue(int index);

  /** The first value of a header, or null. Names compare without regard to case. */
  default @Nullable String header(String name) {
    int count = headerCount();
    for (int i = 0; i < count; i++) {
      if (headerName(i).equalsIgnoreCase(name)) {
        return headerValue(i);
      }
    }
    return null;
  }
}
