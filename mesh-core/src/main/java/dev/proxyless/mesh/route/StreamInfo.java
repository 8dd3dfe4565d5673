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
 * @param around what is the same for many requests
 */
public record StreamInfo(long random, boolean internal, Around around) {

  /**
   * What is true of many requests: of all on one connection, or of one process.
   *
   * @param peer what is known of the caller's certificate; empty without TLS
   * @param dynamicMetadata by namespace, as in {@link dev.proxyless.mesh.model.Metadata}
   * @param filterState objects' texts by their keys
   * @param runtime decides runtime fractions
   * @param surroundings what command operators ask about the process
   */
  public record Around(
      Optional<Peer> peer,
      Map<String, Map<String, Object>> dynamicMetadata,
      Map<String, String> filterState,
      RuntimeFeatures runtime,
      Surroundings surroundings) {

    /** Nothing is known. */
    public static final Around NOTHING = of(Surroundings.UNKNOWN);

    /** The surroundings alone are known. */
    public static Around of(Surroundings surroundings) {
      return new Around(Optional.empty(), Map.of(), Map.of(), RuntimeFeatures.NONE, surroundings);
    }
  }

  /** A trusted caller of whom nothing else is known. */
  public static StreamInfo of(long random) {
    return new StreamInfo(random, true, Around.NOTHING);
  }

  /** The same, of a caller that is trusted or is not. */
  public StreamInfo internal(boolean trusted) {
    return trusted == internal ? this : new StreamInfo(random, trusted, around);
  }

  /** What is known of the caller's certificate; empty without TLS. */
  Optional<Peer> peer() {
    return around.peer();
  }

  Map<String, Map<String, Object>> dynamicMetadata() {
    return around.dynamicMetadata();
  }

  Map<String, String> filterState() {
    return around.filterState();
  }

  RuntimeFeatures runtime() {
    return around.runtime();
  }

  Surroundings surroundings() {
    return around.surroundings();
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
