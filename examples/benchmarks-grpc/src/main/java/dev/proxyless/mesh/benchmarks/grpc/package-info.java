/** Route matching here and in gRPC-Java, side by side. */
@NullMarked
package dev.proxyless.mesh.benchmarks.grpc;

import org.jspecify.annotations.NullMarked;
