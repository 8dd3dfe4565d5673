package dev.proxyless.mesh.servlet;

import dev.proxyless.mesh.Internal;
import dev.proxyless.mesh.authz.Authorizer;
import dev.proxyless.mesh.model.Rbac;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** How a {@link MeshFilter} serves. Immutable. */
public final class MeshFilterOptions {

  /** Lets every peer in and takes every peer's word, as a sidecar does. */
  public static final MeshFilterOptions DEFAULT = builder().build();

  private final boolean edge;
  private final @Nullable Authorizer authorizer;

  private MeshFilterOptions(Builder builder) {
    edge = builder.edge;
    authorizer = builder.authorizer;
  }

  /** Options with nothing set. */
  public static Builder builder() {
    return new Builder();
  }

  boolean isEdge() {
    return edge;
  }

  @Nullable Authorizer authorizer() {
    return authorizer;
  }

  /** Collects options. Not thread-safe. */
  public static final class Builder {
    private boolean edge;
    private @Nullable Authorizer authorizer;

    private Builder() {}

    /**
     * Whether this process faces the outside; false unless set.
     *
     * <p>Where it does not, it stands behind others of the mesh, as behind a sidecar, and their
     * word is taken: {@code x-request-id} is kept where it is printable ASCII of at most 128
     * characters, {@code x-envoy-expected-rq-timeout-ms} and {@code grpc-timeout} are the deadline,
     * and the trace goes on.
     *
     * <p>Where it does, that is so only for peers whose certificate TLS has verified. From others
     * nothing is taken: the id is made anew, there is no deadline, a new trace begins, and the
     * application sees none of their {@code x-envoy-} and trace headers.
     */
    public Builder edge(boolean facesOutside) {
      edge = facesOutside;
      return this;
    }

    /**
     * Lets in only peers whose verified certificate has one of these names, exactly: a URI such as
     * {@code spiffe://apps.local/serviceA}, a DNS name, or a subject as in RFC 2253. All others get
     * 403.
     *
     * @throws IllegalArgumentException if there is no name or one of them is blank
     */
    public Builder allowPeers(String... names) {
      authorizer = Authorizer.allowPeers(List.of(names));
      return this;
    }

    /**
     * Lets in whom a policy lets in. Where it looks at paths, requests whose path can be read in
     * more than one way get 400.
     *
     * @throws IllegalArgumentException if the policy has a matcher that is not supported
     */
    @Internal
    public Builder authorization(Rbac rbac) {
      authorizer = Authorizer.of(rbac);
      return this;
    }

    /** The options. */
    public MeshFilterOptions build() {
      return new MeshFilterOptions(this);
    }
  }
}
