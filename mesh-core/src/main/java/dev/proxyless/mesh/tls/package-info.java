/** Identities and trust from files, and contexts that rotate with them. */
@Internal
@NullMarked
package dev.proxyless.mesh.tls;

import dev.proxyless.mesh.Internal;
import org.jspecify.annotations.NullMarked;
