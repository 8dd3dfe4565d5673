package dev.proxyless.mesh.route;

import dev.proxyless.mesh.model.RuntimeFraction;
import java.util.Map;
import java.util.Optional;

/**
 * What is true of a request besides its head. Immutable.
 *
 * @param random the request's one random number, of 64 bits: it decides runtime fractions, weighted
 *     clusters and mirrors
 * @param internal whether the caller is trusted
 * @param peer what is known of the caller's certificate; empty without TLS
 * @param dynamicMetadata by namespace, as in {@link dev.proxyless.mesh.model.Metadata}
 * @param filterState objects' texts by their keys
 * @param runtime decides runtime fractions
 * @param surroundings what command operators ask about the process
 */
public record StreamInfo(
    long random,
    boolean internal,
    Optional<Peer> peer,
    Map<String, Map<String, Object>> dynamicMetadata,
    Map<String, String> filterState,
    RuntimeFeatures runtime,
    Surroundings surroundings) {

  /** A request whose surroundings are not known. */
  public StreamInfo(
      long random,
      boolean internal,
      Optional<Peer> peer,
      Map<String, Map<String, Object>> dynamicMetadata,
      Map<String, String> filterState,
      RuntimeFeatures runtime) {
    this(random, internal, peer, dynamicMetadata, filterState, runtime, Surroundings.UNKNOWN);
  }

  /** A trusted caller of whom nothing else is known. */
  public static StreamInfo of(long random) {
    return new StreamInfo(random, true, Optional.empty(), Map.of(), Map.of(), RuntimeFeatures.NONE);
  }

  /** The same, of a caller that is trusted or is not. */
  public StreamInfo internal(boolean trusted) {
    return trusted == internal
        ? this
        : new StreamInfo(
            random, trusted, peer, dynamicMetadata, filterState, runtime, surroundings);
  }

  /**
   * The caller's certificate.
   *
   * @param presented whether it showed one
   * @param validated whether that was found good
   */
  public record Peer(boolean presented, boolean validated) {}

  /** Decides runtime fractions. */
  public interface RuntimeFeatures {
    /** There is no runtime: the default value of a fraction counts. */
    RuntimeFeatures NONE =
        (fraction, random) ->
            Long.remainderUnsigned(random, fraction.defaultValue().denominator())
                < fraction.defaultValue().numerator();

    /** Whether a request with this random number is among the fraction. */
    boolean takes(RuntimeFraction fraction, long random);
  }
}
