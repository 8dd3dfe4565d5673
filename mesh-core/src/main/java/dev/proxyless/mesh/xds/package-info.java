/** The feed: streams, subscriptions, acknowledgement, and decoding resources to the model. */
@Internal
@NullMarked
package dev.proxyless.mesh.xds;

import dev.proxyless.mesh.Internal;
import org.jspecify.annotations.NullMarked;
