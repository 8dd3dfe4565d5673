/** Rules that hold the modules of the library to their places. In the test jar, for all modules. */
@NullMarked
package dev.proxyless.mesh.architecture;

import org.jspecify.annotations.NullMarked;
