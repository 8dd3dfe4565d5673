package dev.proxyless.mesh.controlplane;

import dev.proxyless.mesh.xds.ResourceType;
import java.util.Collection;
import java.util.Map;
import java.util.Set;

/**
 * What a stream has asked for of one type, what it was sent last, and whether it has answered. One
 * response at a time is on its way: changes that come meanwhile are sent as one, and a slow client
 * holds no queue.
 */
final class Subscription {

  private final ResourceType type;
  private Set<String> names = Set.of();
  private boolean begun;
  private String sentVersion = "";
  private String nonce = "";
  private boolean answered = true;
  private boolean accepted = true;

  Subscription(ResourceType type) {
    this.type = type;
  }

  /**
   * Takes a request.
   *
   * @return whether it counts: one that answers an older response than the last is passed over, as
   *     another will follow it
   */
  boolean take(AdsMessages.Request request) {
    if (!request.nonce().equals(nonce)) {
      return false;
    }
    begun = true;
    names = request.names();
    answered = true;
    accepted = request.error().isEmpty();
    return true;
  }

  /** Whether the type was asked for on this stream. */
  boolean isBegun() {
    return begun;
  }

  /** Whether a response waits for its answer. */
  boolean isPending() {
    return !answered;
  }

  /** Whether what the client has is this version. */
  boolean has(String version) {
    return answered && accepted && sentVersion.equals(version);
  }

  /** Whether this version, with these resources, has to be sent now. */
  boolean lacks(String version, Collection<ServedResource> resources) {
    if (!begun || isPending() || sentVersion.equals(version)) {
      return false;
    }
    // Nothing to tell of names that do not exist, until something was told of them.
    return type.isWildcard() || !sentVersion.isEmpty() || !resources.isEmpty();
  }

  void sent(String version, String newNonce) {
    sentVersion = version;
    nonce = newNonce;
    answered = false;
  }

  /** Has the same sent once more, though nothing of it has changed. */
  void sendAgain() {
    sentVersion = "";
  }

  /** The version that was sent last; empty for none. */
  String sentVersion() {
    return sentVersion;
  }

  /** The names asked for, for types that are asked for by name. */
  Set<String> names() {
    return names;
  }

  /** Those of some resources that were asked for. */
  Collection<ServedResource> select(Map<String, ServedResource> all) {
    if (type.isWildcard() && (names.isEmpty() || names.contains("*"))) {
      return all.values();
    }
    return names.stream().filter(all::containsKey).map(all::get).toList();
  }
}
