package dev.proxyless.mesh.xds;

import io.grpc.ManagedChannel;

/** A channel to a control plane. */
public final class AdsChannel {

  private final ManagedChannel channel;

  AdsChannel(ManagedChannel channel) {
    this.channel = channel;
  }

  ManagedChannel channel() {
    return channel;
  }
}
