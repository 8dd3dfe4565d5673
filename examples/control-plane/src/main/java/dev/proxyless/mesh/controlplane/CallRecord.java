package dev.proxyless.mesh.controlplane;

import dev.proxyless.mesh.call.SteeredCall;
import dev.proxyless.mesh.telemetry.AttemptInfo;
import dev.proxyless.mesh.telemetry.CallInfo;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Notes the tries of one call and its end. Safe for use by several threads. */
final class CallRecord implements SteeredCall {

  private final Choice choice;
  private final Consumer<AttemptInfo> told;
  private final List<AttemptInfo> attempts = new ArrayList<>();
  private @Nullable CallInfo end;

  /**
   * What is decided of a call before it is made.
   *
   * @param random decides weighted clusters and runtime fractions, where somebody says so
   * @param trusted whether the caller is trusted, where somebody says so
   */
  record Choice(OptionalLong random, Optional<Boolean> trusted) {}

  /**
   * A record with nothing in it.
   *
   * @param told each try, as it ends or takes long
   */
  CallRecord(Choice choice, Consumer<AttemptInfo> told) {
    this.choice = choice;
    this.told = told;
  }

  @Override
  public OptionalLong random() {
    return choice.random();
  }

  @Override
  public Optional<Boolean> trusted() {
    return choice.trusted();
  }

  @Override
  public void attempt(AttemptInfo attempt) {
    synchronized (this) {
      attempts.add(attempt);
    }
    told.accept(attempt);
  }

  @Override
  public void slow(AttemptInfo attempt) {
    told.accept(attempt);
  }

  @Override
  public synchronized void ended(CallInfo info, int status, Duration duration) {
    end = info;
  }

  /** Its tries so far, in the order in which they ended; those behind a redirect come last. */
  synchronized List<AttemptInfo> attempts() {
    return List.copyOf(attempts);
  }

  /** Where it went, once it has ended and was sent anywhere at all. */
  synchronized Optional<CallInfo> end() {
    return Optional.ofNullable(end);
  }
}
