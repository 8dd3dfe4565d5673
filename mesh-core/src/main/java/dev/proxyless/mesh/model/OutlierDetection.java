package dev.proxyless.mesh.model;

import java.time.Duration;

/**
 * {@code envoy.config.cluster.v3.OutlierDetection}, by consecutive server errors.
 *
 * @param consecutive5xx errors in a row that set an endpoint aside; 0 is never; unset is 5
 * @param enforcingConsecutive5xx the percentage of detections that act; unset is 100
 * @param interval between sweeps; unset is 10 s
 * @param baseEjectionTime multiplied by how often the endpoint was set aside; unset is 30 s
 * @param maxEjectionTime the longest ejection; unset is 300 s, or the base if that is longer
 * @param maxEjectionTimeJitter a random addition to each ejection; unset is none
 * @param maxEjectionPercent the largest share of endpoints set aside; unset is 10
 * @param alwaysEjectOneHost whether one endpoint may be set aside whatever the share
 */
public record OutlierDetection(
    int consecutive5xx,
    int enforcingConsecutive5xx,
    Duration interval,
    Duration baseEjectionTime,
    Duration maxEjectionTime,
    Duration maxEjectionTimeJitter,
    int maxEjectionPercent,
    boolean alwaysEjectOneHost) {}
