/** Cloud Map and DNS to endpoints. */
@Internal
@NullMarked
package dev.proxyless.mesh.discovery;

import dev.proxyless.mesh.Internal;
import org.jspecify.annotations.NullMarked;
