/** The life of one request, and the seam between the mesh and an HTTP client. */
@NullMarked
package dev.proxyless.mesh.call;

import org.jspecify.annotations.NullMarked;
