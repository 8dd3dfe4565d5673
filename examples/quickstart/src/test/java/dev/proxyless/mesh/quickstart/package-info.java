@NullMarked
package dev.proxyless.mesh.quickstart;

import org.jspecify.annotations.NullMarked;
