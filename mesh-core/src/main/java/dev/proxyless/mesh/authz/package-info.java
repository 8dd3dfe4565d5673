/** May this peer do this. */
@Internal
@NullMarked
package dev.proxyless.mesh.authz;

import dev.proxyless.mesh.Internal;
import org.jspecify.annotations.NullMarked;
