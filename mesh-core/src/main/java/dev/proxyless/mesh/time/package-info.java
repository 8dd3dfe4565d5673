/** Now, timers, waiting and randomness: the only room that reads a clock or makes a thread. */
@NullMarked
package dev.proxyless.mesh.time;

import org.jspecify.annotations.NullMarked;
