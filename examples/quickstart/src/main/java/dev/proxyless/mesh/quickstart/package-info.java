/** A mesh of App Mesh documents on loopback, shown and checked line by line. */
@NullMarked
package dev.proxyless.mesh.quickstart;

import org.jspecify.annotations.NullMarked;
