/** What tests of several modules share: a clock that they own, and certificates. */
@NullMarked
package dev.proxyless.mesh.testing;

import org.jspecify.annotations.NullMarked;
