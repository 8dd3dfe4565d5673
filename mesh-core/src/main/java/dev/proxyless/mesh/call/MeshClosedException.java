package dev.proxyless.mesh.call;

import java.io.IOException;

/** A call was made after its mesh was closed. */
public final class MeshClosedException extends IOException {

  private static final long serialVersionUID = 1L;

  public MeshClosedException() {
    super(
        "the mesh is closed: this client was built with a Mesh whose close() has been called; build a"
            + " new Mesh and a new client, or close the mesh after the last call");
  }
}
