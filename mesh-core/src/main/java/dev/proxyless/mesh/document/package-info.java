/** YAML and JSON text as trees that know their file, line and path. */
@Internal
@NullMarked
package dev.proxyless.mesh.document;

import dev.proxyless.mesh.Internal;
import org.jspecify.annotations.NullMarked;
