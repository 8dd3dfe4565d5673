/** The inbound side of the mesh, for applications on the Jakarta Servlet API 6. */
@NullMarked
package dev.proxyless.mesh.servlet;

import org.jspecify.annotations.NullMarked;
