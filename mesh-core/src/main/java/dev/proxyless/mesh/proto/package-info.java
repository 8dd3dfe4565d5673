/**
 * The xDS messages as a table of fields, and trees of them read from and written to bytes and JSON.
 */
@Internal
@NullMarked
package dev.proxyless.mesh.proto;

import dev.proxyless.mesh.Internal;
import org.jspecify.annotations.NullMarked;
