/**
 * Whole calls against a server in another process: the mesh, plain OkHttp, other libraries and a
 * real proxy, in slices that take turns.
 */
@NullMarked
package dev.proxyless.mesh.benchmarks.calls;

import org.jspecify.annotations.NullMarked;
