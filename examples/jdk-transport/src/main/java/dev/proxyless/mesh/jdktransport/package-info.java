/** The JDK's {@code java.net.http.HttpClient} as a transport of the mesh. */
@NullMarked
package dev.proxyless.mesh.jdktransport;

import org.jspecify.annotations.NullMarked;
