@NullMarked
package dev.proxyless.mesh.controlplane;

import org.jspecify.annotations.NullMarked;
