/**
 * A service mesh inside the JVM: the front door.
 *
 * <p>{@link dev.proxyless.mesh.Mesh} is what an application builds, hands to its HTTP client and
 * closes.
 */
@NullMarked
package dev.proxyless.mesh;

import org.jspecify.annotations.NullMarked;
