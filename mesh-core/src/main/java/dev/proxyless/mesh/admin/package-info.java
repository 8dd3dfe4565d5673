/** Views of the mesh for people. */
@Internal
@NullMarked
package dev.proxyless.mesh.admin;

import dev.proxyless.mesh.Internal;
import org.jspecify.annotations.NullMarked;
