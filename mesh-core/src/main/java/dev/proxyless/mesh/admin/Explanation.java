package dev.proxyless.mesh.admin;

import dev.proxyless.mesh.call.Header;
import dev.proxyless.mesh.call.MeshView;
import dev.proxyless.mesh.route.RequestHead;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/**
 * Where a request would go, and why.
 *
 * @param action {@code forward}, {@code redirect}, {@code direct_response}, {@code no_route},
 *     {@code no_cluster}, {@code refuse} or {@code pass_through}
 * @param virtualHost the virtual host that takes it; empty where none does
 * @param route the name of the route that takes it; empty where none does
 * @param cluster where it is sent; empty where it is not
 * @param endpoints of that cluster, those set aside marked so
 * @param status what the caller gets where nothing is forwarded
 * @param location of a redirect
 * @param body what the caller gets where nothing is forwarded
 * @param responseHeaders what the caller gets where nothing is forwarded; for a forward what would
 *     be added to an empty response
 * @param requestHeaders as sent upstream, in lower case, {@code :authority}, {@code :path} and
 *     {@code :method} among them; empty where nothing is sent
 * @param timeoutMs of the whole call; zero is none; empty where nothing is sent
 * @param retry the policy in effect, as plain values
 * @param why each step, in order
 */
public record Explanation(
    String action,
    String virtualHost,
    String route,
    String cluster,
    List<String> endpoints,
    OptionalInt status,
    Optional<String> location,
    Optional<String> body,
    List<Header> responseHeaders,
    List<Header> requestHeaders,
    OptionalLong timeoutMs,
    Optional<Map<String, Object>> retry,
    List<String> why) {

  /**
   * Explains a request; {@code random} picks among weighted clusters. An {@link ExplainedRequest}
   * says by itself whether its caller is trusted.
   */
  public static Explanation of(MeshView view, RequestHead head, long random) {
    return of(
        view,
        head,
        random,
        head instanceof ExplainedRequest asked ? asked.trusted() : Optional.empty());
  }

  /**
   * Explains a request by a view of the mesh.
   *
   * @param random picks among weighted clusters
   * @param trusted whether the caller is trusted, where somebody says so
   */
  public static Explanation of(
      MeshView view, RequestHead head, long random, Optional<Boolean> trusted) {
    return new Explainer(view, head, random, trusted).explain();
  }

  /** As plain values for JSON; what is absent is null. */
  public Map<String, @Nullable Object> toMap() {
    Map<String, @Nullable Object> map = new LinkedHashMap<>();
    map.put("virtual_host", orNull(virtualHost));
    map.put("route", orNull(route));
    map.put("action", action);
    map.put("cluster", orNull(cluster));
    map.put("endpoints", action.equals("forward") ? endpoints : null);
    map.put("status", status.isPresent() ? status.getAsInt() : null);
    map.put("location", location.orElse(null));
    map.put("body", body.orElse(null));
    map.put("response_headers", action.equals("pass_through") ? null : lines(responseHeaders));
    map.put("request_headers", requestHeaders.isEmpty() ? null : lines(requestHeaders));
    map.put("timeout_ms", timeoutMs.isPresent() ? timeoutMs.getAsLong() : null);
    map.put("retry", retry.orElse(null));
    map.put("why", why);
    return map;
  }

  private static @Nullable String orNull(String text) {
    return text.isEmpty() ? null : text;
  }

  private static List<List<String>> lines(List<Header> headers) {
    return headers.stream().map(header -> List.of(header.name(), header.value())).toList();
  }
}
