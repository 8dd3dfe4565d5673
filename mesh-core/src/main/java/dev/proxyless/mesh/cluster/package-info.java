/** What is true of an upstream now: endpoints, balancer, outlier state, limits. */
@Internal
@NullMarked
package dev.proxyless.mesh.cluster;

import dev.proxyless.mesh.Internal;
import org.jspecify.annotations.NullMarked;
