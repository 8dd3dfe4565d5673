/** What a control plane said, as immutable records without behaviour. */
@Internal
@NullMarked
package dev.proxyless.mesh.model;

import dev.proxyless.mesh.Internal;
import org.jspecify.annotations.NullMarked;
