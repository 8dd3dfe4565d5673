package dev.proxyless.mesh.route;

import dev.proxyless.mesh.model.InternalRedirectPolicy;
import dev.proxyless.mesh.model.InternalRedirectPolicy.Predicate;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Decides whether a redirect of an upstream is followed here. Source: Envoy's {@code
 * convertRequestHeadersForInternalRedirect}.
 */
public final class InternalRedirects {

  /**
   * A URL as Envoy takes it: of visible ASCII, without regard to what may stand in a path. Who the
   * user is and the fragment are left out; a query or fragment without a path is refused.
   */
  private static final Pattern ABSOLUTE =
      Pattern.compile(
          "(?<scheme>[hH][tT]{2}[pP][sS]?)://(?:[!-~&&[^/?#@]]*@)?"
              + "(?<authority>(?:\\[[!-~&&[^/?#@\\]]]+]|[!-~&&[^/?#@:\\[\\]]]+)(?::(?<port>[0-9]{1,5}))?)"
              + "(?:(?<path>/[!-~&&[^#]]*)(?:#[!-~]*)?)?");

  private static final int MAX_PORT = 65_535;

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
   * @param response the headers of the redirect
   * @param find the route of the next request, or null
   */
  public static Optional<Next> next(
      InternalRedirectPolicy policy,
      RequestHead sent,
      String route,
      List<String> followed,
      int status,
      ResponseHeaders response,
      Function<Next, @Nullable RouteEntry> find) {
    if (!policy.codes().contains(status) || followed.size() >= policy.maxRedirects()) {
      return Optional.empty();
    }
    String location = String.join(",", response.all("location")); // of which Envoy makes one
    Matcher target = ABSOLUTE.matcher(location);
    if (!target.matches() || !hasPort(target.group("port"))) {
      return Optional.empty();
    }
    String scheme = target.group("scheme").toLowerCase(Locale.ROOT);
    String path = target.group("path");
    if (!scheme.equals(sent.scheme()) && !policy.allowCrossScheme()) {
      return Optional.empty();
    }
    boolean toGet = status == 303 && !sent.method().equals("GET") && !sent.method().equals("HEAD");
    Next next =
        new Next(
            toGet ? "GET" : sent.method(),
            scheme,
            target.group("authority"),
            path == null ? "/" : path,
            toGet,
            edits(policy, sent, response, toGet));
    RouteEntry found = find.apply(next);
    boolean accepted =
        found != null
            && policy.predicates().stream()
                .allMatch(each -> accepts(each, route, found.name(), followed, sent, scheme));
    return accepted ? Optional.of(next) : Optional.empty();
  }

  /** Whether there is no port, or one that can be connected to. */
  private static boolean hasPort(@Nullable String digits) {
    return digits == null || Integer.parseInt(digits) <= MAX_PORT;
  }

  private static List<HeaderEdit> edits(
      InternalRedirectPolicy policy, RequestHead sent, ResponseHeaders response, boolean toGet) {
    List<HeaderEdit> edits = new ArrayList<>();
    for (String name : policy.responseHeadersToCopy()) {
      edits.add(HeaderEdit.remove(name));
      response.all(name).forEach(value -> edits.add(HeaderEdit.add(name, value)));
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
