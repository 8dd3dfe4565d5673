/** Which files may be read, and noticing when they change. */
@Internal
@NullMarked
package dev.proxyless.mesh.file;

import dev.proxyless.mesh.Internal;
import org.jspecify.annotations.NullMarked;
