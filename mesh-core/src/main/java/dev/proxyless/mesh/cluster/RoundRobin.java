package dev.proxyless.mesh.cluster;

import java.util.concurrent.atomic.AtomicInteger;

/**
 * {@code ROUND_ROBIN}: the candidates in turn, from a random start. Safe for use by several
 * threads.
 */
final class RoundRobin {

  private final AtomicInteger next;

  RoundRobin(long seed) {
    next = new AtomicInteger((int) seed);
  }

  Endpoint pick(HostSet hosts) {
    return hosts.candidate(
        Integer.remainderUnsigned(next.getAndIncrement(), hosts.candidateCount()));
  }
}
