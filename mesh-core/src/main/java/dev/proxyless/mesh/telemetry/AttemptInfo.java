package dev.proxyless.mesh.telemetry;

import java.time.Duration;

/**
 * How one try of a call ended.
 *
 * @param number 1 for the first try
 * @param endpoint address and port
 * @param status of the response whose head arrived; 0 where none did
 * @param reset Envoy's words for how the try ended without a response, such as {@code remote
 *     connection failure}; empty where a response came
 * @param start from the call's beginning to the try's
 * @param duration from the try's beginning to the head of the response, or to the try's end
 * @param next what was made of it, for people; empty where the response went to the caller
 */
public record AttemptInfo(
    int number,
    String endpoint,
    int status,
    String reset,
    Duration start,
    Duration duration,
    String next) {}
