package dev.proxyless.mesh.spring;

import dev.proxyless.mesh.Mesh;
import dev.proxyless.mesh.admin.ExplainedRequest;
import dev.proxyless.mesh.admin.Explanation;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.actuate.endpoint.Access;
import org.springframework.boot.actuate.endpoint.InvalidEndpointRequestException;
import org.springframework.boot.actuate.endpoint.annotation.Endpoint;
import org.springframework.boot.actuate.endpoint.annotation.ReadOperation;
import org.springframework.boot.actuate.endpoint.annotation.Selector;

/**
 * Actuator endpoint that shows the mesh. {@code GET /actuator/mesh} gives {@link Mesh#report}, and
 * {@code GET /actuator/mesh/explain?url=http://orders.apps.local:8000/cart} where such a request
 * would go now, and why. It changes nothing and shows no secret.
 */
@Endpoint(id = "mesh", defaultAccess = Access.READ_ONLY)
public final class MeshEndpoint {

  private static final String EXPLAIN = "explain";

  private final Mesh mesh;

  /** Shows this mesh. */
  public MeshEndpoint(Mesh mesh) {
    this.mesh = mesh;
  }

  /** Resources, routes, clusters and endpoints, as they are now. */
  @ReadOperation
  public Map<String, Object> report() {
    return mesh.report();
  }

  /**
   * Explains a request.
   *
   * @param view {@code explain}; of any other there is none
   * @param url where the request goes
   * @param method its method; GET unless told
   * @param header its headers, each as {@code name:value}
   */
  @ReadOperation
  public @Nullable Map<String, Object> view(
      @Selector String view, String url, @Nullable String method, @Nullable List<String> header) {
    if (!view.equals(EXPLAIN)) {
      return null;
    }
    return mesh.explain(request(method == null ? "GET" : method, url, header))
        .map(Explanation::toMap)
        .orElseGet(
            () -> Map.of("action", "none", "why", List.of("no configuration has arrived yet")));
  }

  private static ExplainedRequest request(
      String method, String url, @Nullable List<String> headers) {
    try {
      return ExplainedRequest.of(method, url, headers == null ? List.of() : headers);
    } catch (IllegalArgumentException wrong) {
      throw new InvalidEndpointRequestException(
          String.valueOf(wrong.getMessage()), "url or header cannot be used");
    }
  }
}
