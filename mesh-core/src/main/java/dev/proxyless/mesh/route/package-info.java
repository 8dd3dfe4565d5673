/** Model to compiled route table: match, rewrite, explain; pure functions. */
@Internal
@NullMarked
package dev.proxyless.mesh.route;

import dev.proxyless.mesh.Internal;
import org.jspecify.annotations.NullMarked;
