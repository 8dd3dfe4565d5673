package dev.proxyless.mesh.telemetry;

import dev.proxyless.mesh.Internal;
import java.util.function.IntSupplier;
import java.util.function.LongSupplier;

/**
 * The meters of a mesh. Meters are found once, when configuration changes; what runs per call only
 * counts. Names and tags are in {@link MeterName}. All methods are safe for use by several threads.
 */
@Internal
public interface MeshMeters extends AutoCloseable {

  /** Counts nothing. */
  MeshMeters NONE = new NoMeters();

  /** The meters of calls that a route sends to a cluster. */
  CallMeters calls(String virtualHost, String route, String cluster);

  /** The meters of a cluster, until it is closed. */
  ClusterMeters cluster(
      String cluster, IntSupplier active, IntSupplier endpoints, IntSupplier ejected);

  /** The meters of requests that this process serves. */
  ServerMeters server();

  /** Whether the stream to a control plane is open. */
  void controlPlane(String server, boolean connected);

  /** A resource was accepted, refused or removed. */
  void update(String type, String result);

  /** Endpoints were asked for outside of xDS. */
  void discovery(String source, String result);

  /** Certificate files were read. */
  void certificateReload(String source, String result);

  /**
   * When a certificate ends, in seconds from now, until the registration is closed. Of several
   * registrations of one source the newest counts.
   */
  Registration certificateExpiry(String source, LongSupplier seconds);

  /** Removes every meter that was made here. */
  @Override
  void close();

  /** Ends what it was given for. */
  interface Registration extends AutoCloseable {
    @Override
    void close();
  }

  /** What a call and its attempts are counted by. */
  interface CallMeters {
    /** A try ended. {@code status} is 0 where no response came. */
    void attempt(AttemptReason reason, AttemptResult result, String method, int status, long nanos);

    /** A call ended, after all its tries. */
    void call(Outcome outcome, ResponseFlags flags, long nanos);
  }

  /** What happens to a cluster's endpoints and limits. */
  interface ClusterMeters extends AutoCloseable {
    /** An endpoint was found at fault; {@code enforced} where it was set aside for it. */
    void ejection(String type, boolean enforced);

    /** A limit was reached: {@code requests} or {@code retries}. */
    void overflow(String resource);

    /** A retry that the policy wanted was not made. */
    void retryDenied(String cause);

    @Override
    void close();
  }

  /** What requests to this process are counted by. */
  interface ServerMeters {
    /** A request was answered. {@code status} is 0 where no response was made. */
    void request(String method, String scheme, int status, ServerTlsMode tls, long nanos);

    /** A policy, or none, let a request in or refused it. */
    void authorization(String policy, boolean allowed);
  }

  /** How a connection to this process is protected. */
  enum ServerTlsMode {
    /** Both sides have shown a certificate. */
    MUTUAL,
    /** This side alone has. */
    SERVER,
    /** It is plaintext. */
    NONE
  }

  /** Why a try was made. */
  enum AttemptReason {
    FIRST,
    RETRY
  }

  /** How a try ended. */
  enum AttemptResult {
    SUCCESS,
    CLIENT_ERROR,
    SERVER_ERROR,
    RESET,
    CONNECT,
    TIMEOUT,
    CANCELLED
  }

  /** How a call ended. */
  enum Outcome {
    SUCCESS,
    FAILURE,
    CANCELLED,
    LOCAL
  }
}
