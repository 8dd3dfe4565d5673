/** App Mesh documents to xDS resources. */
@Internal
@NullMarked
package dev.proxyless.mesh.appmesh;

import dev.proxyless.mesh.Internal;
import org.jspecify.annotations.NullMarked;
