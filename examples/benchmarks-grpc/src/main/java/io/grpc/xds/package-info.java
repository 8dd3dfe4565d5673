/** A bridge into gRPC-Java's package. */
@NullMarked
package io.grpc.xds;

import org.jspecify.annotations.NullMarked;
