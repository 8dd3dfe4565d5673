/** Meters, spans, access log and response flags, each declared once. */
@NullMarked
package dev.proxyless.mesh.telemetry;

import org.jspecify.annotations.NullMarked;
