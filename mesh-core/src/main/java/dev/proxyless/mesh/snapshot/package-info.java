/** Warm-up and publication: the only room where configuration becomes visible. */
@Internal
@NullMarked
package dev.proxyless.mesh.snapshot;

import dev.proxyless.mesh.Internal;
import org.jspecify.annotations.NullMarked;
