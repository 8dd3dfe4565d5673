package dev.proxyless.mesh.route;

import dev.proxyless.mesh.model.InternalRedirectPolicy;
import dev.proxyless.mesh.model.InternalRedirectPolicy.Predicate;
import java.net.URI;
import java.net.URISyntaxException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * Decides whether a redirect of an upstream is followed here. Source: Envoy's {@code
 * convertRequestHeadersForInternalRedirect}.
 */
public final class InternalRedirects {

  private InternalRedirects() {}

  /**
   * A redirect that is followed.
   *
   * @param method of the next request
   * @param scheme of the next request
   * @param authority of the next request
   * @param path of the next request, with its query
   * @param dropsBody whether the body is not sent again
   * @param edits of the headers that were sent before
   */
  public record Next(
      String method,
      String scheme,
      String authority,
      String path,
      boolean dropsBody,
      List<HeaderEdit> edits) {

    /** The head of the next request. */
    public RequestHead head(RequestHead sent) {
      return EditedHead.of(sent, method, scheme, authority, path, edits);
    }
  }

  /**
   * The request that a redirect leads to; empty where it is not followed.
   *
   * @param sent the request that was redirected, as it was sent
   * @param route the name of its route
   * @param followed redirects that were followed before, as {@code from -> to}
   * @param response the first value of a header of the redirect, or null
   * @param find the route of the next request, or null
   */
  public static Optional<Next> next(
      InternalRedirectPolicy policy,
      RequestHead sent,
      String route,
      List<String> followed,
      int status,
      UnaryOperator<@Nullable String> response,
      Function<Next, @Nullable RouteEntry> find) {
    String location = response.apply("location");
    if (!policy.codes().contains(status)
        || location == null
        || followed.size() >= policy.maxRedirects()) {
      return Optional.empty();
    }
    URI target = absolute(location);
    if (target == null) {
      return Optional.empty();
    }
    String scheme = target.getScheme().toLowerCase(Locale.ROOT);
    if (!scheme.equals(sent.scheme()) && !policy.allowCrossScheme()) {
      return Optional.empty();
    }
    boolean toGet = status == 303 && !sent.method().equals("GET") && !sent.method().equals("HEAD");
    Next next =
        new Next(
            toGet ? "GET" : sent.method(),
            scheme,
            target.getRawAuthority(),
            path(target),
            toGet,
            edits(policy, sent, response, toGet));
    RouteEntry found = find.apply(next);
    boolean accepted =
        found != null
            && policy.predicates().stream()
                .allMatch(each -> accepts(each, route, found.name(), followed, sent, scheme));
    return accepted ? Optional.of(next) : Optional.empty();
  }

  private static @Nullable URI absolute(String location) {
    try {
      URI uri = new URI(location);
      boolean http = uri.getScheme() != null && uri.getScheme().matches("(?i)https?");
      return http && uri.getRawAuthority() != null ? uri : null;
    } catch (URISyntaxException notOne) {
      return null;
    }
  }

  private static String path(URI target) {
    String path = target.getRawPath().isEmpty() ? "/" : target.getRawPath();
    return target.getRawQuery() == null ? path : path + "?" + target.getRawQuery();
  }

  private static List<HeaderEdit> edits(
      InternalRedirectPolicy policy,
      RequestHead sent,
      UnaryOperator<@Nullable String> response,
      boolean toGet) {
    List<HeaderEdit> edits = new ArrayList<>();
    for (String name : policy.responseHeadersToCopy()) {
      String value = response.apply(name);
      edits.add(value == null ? HeaderEdit.remove(name) : HeaderEdit.set(name, value));
    }
    if (toGet) {
      edits.add(HeaderEdit.remove("content-length"));
    }
    String url = sent.scheme() + "://" + sent.authority() + sent.path();
    edits.add(HeaderEdit.set("x-envoy-original-url", url));
    return List.copyOf(edits);
  }

  /** What is kept of a redirect that was followed. */
  public static String step(String from, String to) {
    return from + " -> " + to;
  }

  private static boolean accepts(
      Predicate predicate,
      String from,
      String to,
      List<String> followed,
      RequestHead sent,
      String scheme) {
    if (predicate instanceof Predicate.AllowListedRoutes listed) {
      return listed.routes().contains(to);
    }
    if (predicate instanceof Predicate.PreviousRoutes) {
      return !Set.copyOf(followed).contains(step(from, to));
    }
    return sent.scheme().equals("https") || !scheme.equals("https");
  }
}
