package dev.proxyless.mesh.benchmarks.calls;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.UnaryOperator;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * What to measure.
 *
 * @param arms in the order of the table; the baselines that they are compared with are among them
 * @param rounds how many slices each arm has for each load
 * @param slice how long a slice is
 * @param warmup how long each arm runs before each load is measured
 * @param loads how many threads call, and of which kind
 * @param seed of the order in which arms take turns
 * @param profile whether the contention profile is taken
 * @param envoy the binary of a real Envoy, where there is one
 */
record Settings(
    List<ArmName> arms,
    int rounds,
    Duration slice,
    Duration warmup,
    List<Load> loads,
    long seed,
    boolean profile,
    Optional<Path> envoy) {

  /** Says where an Envoy is, as for the interop tests. */
  static final String ENVOY_PROPERTY = "interop.envoy";

  static final String USAGE =
      """
      CallHarness [--arms A,B,...|all] [--rounds N] [--slice 500ms] [--warmup 2s]
                  [--threads 1,16,64,v64] [--seed N] [--profile yes|no] [--envoy PATH]
      """;

  private static final int MAX_ROUNDS = 10_000;
  private static final int MAX_THREADS = 1_024;
  private static final Pattern DURATION = Pattern.compile("([1-9][0-9]{0,6})(ms|s)");
  private static final Set<String> OPTIONS =
      Set.of(
          "--arms",
          "--rounds",
          "--slice",
          "--warmup",
          "--threads",
          "--seed",
          "--profile",
          "--envoy");

  /** How many threads call at a time. */
  record Load(int threads, boolean virtual) {
    @Override
    public String toString() {
      return threads + (virtual ? " virtual" : "") + (threads == 1 ? " thread" : " threads");
    }
  }

  /**
   * Reads arguments.
   *
   * @param properties system properties
   * @throws UsageException if one cannot be used
   */
  static Settings parse(String[] arguments, UnaryOperator<@Nullable String> properties)
      throws UsageException {
    Map<String, String> given = new java.util.HashMap<>();
    for (int i = 0; i < arguments.length; i += 2) {
      String option = arguments[i];
      if (!OPTIONS.contains(option)) {
        throw new UsageException(
            "\"" + option + "\" is no option; right would be\n" + USAGE.stripTrailing());
      }
      if (i + 1 == arguments.length) {
        throw new UsageException(
            option + " has no value; right would be\n" + USAGE.stripTrailing());
      }
      if (given.put(option, arguments[i + 1]) != null) {
        throw new UsageException(option + " is given twice; right would be once");
      }
    }
    Optional<Path> envoy = envoy(given, properties);
    return new Settings(
        arms(given.getOrDefault("--arms", "all"), envoy),
        Math.toIntExact(number("--rounds", given.getOrDefault("--rounds", "10"), 1, MAX_ROUNDS)),
        duration("--slice", given.getOrDefault("--slice", "500ms")),
        duration("--warmup", given.getOrDefault("--warmup", "2s")),
        loads(given.getOrDefault("--threads", "1,16,64,v64")),
        number("--seed", given.getOrDefault("--seed", "1"), Long.MIN_VALUE, Long.MAX_VALUE),
        yes("--profile", given.getOrDefault("--profile", "yes")),
        envoy);
  }

  private static Optional<Path> envoy(
      Map<String, String> given, UnaryOperator<@Nullable String> properties) throws UsageException {
    String property = properties.apply(ENVOY_PROPERTY);
    String text = given.getOrDefault("--envoy", property == null ? "" : property);
    if (text.isEmpty()) {
      return Optional.empty();
    }
    Path binary = Path.of(text);
    if (!Files.isRegularFile(binary) || !Files.isExecutable(binary)) {
      String said = given.containsKey("--envoy") ? "--envoy" : "-D" + ENVOY_PROPERTY;
      throw UsageException.of(said, text, "the path of an Envoy that can be run");
    }
    return Optional.of(binary);
  }

  private static List<ArmName> arms(String text, Optional<Path> envoy) throws UsageException {
    Set<ArmName> asked = new LinkedHashSet<>();
    if (text.equals("all")) {
      for (ArmName each : ArmName.values()) {
        if (envoy.isPresent() || !each.needsEnvoy()) {
          asked.add(each);
        }
      }
    } else {
      for (String word : text.split(",", -1)) {
        ArmName arm =
            ArmName.of(word)
                .orElseThrow(
                    () -> UsageException.of("--arms", word, "all, or some of " + ArmName.words()));
        if (arm.needsEnvoy() && envoy.isEmpty()) {
          throw new UsageException(
              "--arms has " + word + " and no Envoy is told; right would be --envoy with its path");
        }
        asked.add(arm);
      }
    }
    List<ArmName> all = new ArrayList<>();
    for (ArmName each : ArmName.values()) {
      boolean compared = asked.stream().anyMatch(arm -> arm.baseline() == each);
      boolean noise = each == ArmName.PLAIN_AGAIN;
      if (asked.contains(each) || compared || noise || each == ArmName.PLAIN) {
        all.add(each);
      }
    }
    return List.copyOf(all);
  }

  private static List<Load> loads(String text) throws UsageException {
    Set<Load> loads = new LinkedHashSet<>();
    for (String word : text.split(",", -1)) {
      boolean virtual = word.startsWith("v");
      long threads = number("--threads", virtual ? word.substring(1) : word, 1, MAX_THREADS);
      loads.add(new Load(Math.toIntExact(threads), virtual));
    }
    return List.copyOf(loads);
  }

  private static long number(String option, String text, long min, long max) throws UsageException {
    try {
      long value = Long.parseLong(text);
      if (value >= min && value <= max) {
        return value;
      }
    } catch (NumberFormatException notOne) {
      // told below
    }
    throw UsageException.of(option, text, "a whole number from " + min + " to " + max);
  }

  private static Duration duration(String option, String text) throws UsageException {
    Matcher matcher = DURATION.matcher(text);
    if (!matcher.matches()) {
      throw UsageException.of(option, text, "a duration such as 500ms or 2s");
    }
    long value = Long.parseLong(matcher.group(1));
    return matcher.group(2).equals("s") ? Duration.ofSeconds(value) : Duration.ofMillis(value);
  }

  private static boolean yes(String option, String text) throws UsageException {
    if (!text.equals("yes") && !text.equals("no")) {
      throw UsageException.of(option, text, "yes or no");
    }
    return text.equals("yes");
  }
}
