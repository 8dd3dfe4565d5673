/** What tests of several modules share: a clock that they own, certificates, and the far ends. */
@NullMarked
package dev.proxyless.mesh.testing;

import org.jspecify.annotations.NullMarked;
