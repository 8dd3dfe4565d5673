package dev.proxyless.mesh.route;

import dev.proxyless.mesh.model.Route;
import dev.proxyless.mesh.model.RouteConfiguration;
import dev.proxyless.mesh.model.VirtualHost;
import java.util.ArrayList;
import java.util.List;

/**
 * Header mutations of a route and of the levels above it, in the order in which they are applied:
 * the least specific level last, so that its overwrites win, unless {@code
 * most_specific_header_mutations_wins}. What a weighted cluster's entry changes comes before all.
 * Immutable.
 */
final class Levels {

  private static final HeaderMutator[] NONE = {};

  /** No level changes anything. */
  static final Levels UNCHANGED = new Levels(false, NONE, NONE);

  private final boolean mostSpecificWins;
  private final HeaderMutator[] requests;
  private final HeaderMutator[] responses;

  private Levels(boolean mostSpecificWins, HeaderMutator[] requests, HeaderMutator[] responses) {
    this.mostSpecificWins = mostSpecificWins;
    this.requests = requests;
    this.responses = responses;
  }

  /** A route configuration's level alone. */
  static Levels of(RouteConfiguration configuration) {
    return new Levels(configuration.mostSpecificHeaderMutationsWins(), NONE, NONE)
        .with(
            HeaderMutator.ofRequests(configuration.requestHeaders(), ""),
            HeaderMutator.ofResponses(configuration.responseHeaders(), ""));
  }

  /** These levels and a virtual host's. */
  Levels with(VirtualHost virtualHost, String at) {
    return with(
        HeaderMutator.ofRequests(virtualHost.requestHeaders(), at),
        HeaderMutator.ofResponses(virtualHost.responseHeaders(), at));
  }

  /** These levels and a route's. */
  Levels with(Route route, String at) {
    return with(
        HeaderMutator.ofRequests(route.requestHeaders(), at),
        HeaderMutator.ofResponses(route.responseHeaders(), at));
  }

  private Levels with(HeaderMutator request, HeaderMutator response) {
    return request.isEmpty() && response.isEmpty()
        ? this
        : new Levels(mostSpecificWins, added(requests, request), added(responses, response));
  }

  private HeaderMutator[] added(HeaderMutator[] levels, HeaderMutator level) {
    if (level.isEmpty()) {
      return levels;
    }
    List<HeaderMutator> all = new ArrayList<>(List.of(levels));
    all.add(mostSpecificWins ? all.size() : 0, level);
    return all.toArray(HeaderMutator[]::new);
  }

  boolean changesRequests() {
    return requests.length > 0;
  }

  boolean changesResponses() {
    return responses.length > 0;
  }

  void applyToRequest(HeaderEdits edits, FormatContext context) {
    for (HeaderMutator level : requests) {
      level.apply(edits, context);
    }
  }

  void applyToResponse(HeaderEdits edits, FormatContext context) {
    for (HeaderMutator level : responses) {
      level.apply(edits, context);
    }
  }
}
