/**
 * The same route tables and requests, given to real Envoy and to this library: whatever the answers
 * differ in is a defect, or stands in {@code docs/differences.md}.
 */
@NullMarked
package dev.proxyless.mesh.controlplane.differential;

import org.jspecify.annotations.NullMarked;
