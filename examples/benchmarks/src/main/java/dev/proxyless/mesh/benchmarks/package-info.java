/** JMH benchmarks of what runs for each call. */
@NullMarked
package dev.proxyless.mesh.benchmarks;

import org.jspecify.annotations.NullMarked;
