package dev.proxyless.mesh.route;

import dev.proxyless.mesh.model.CookieMatcher;
import dev.proxyless.mesh.model.HeaderMatcher;
import dev.proxyless.mesh.model.QueryParameterMatcher;
import dev.proxyless.mesh.model.Route;
import dev.proxyless.mesh.model.RouteConfiguration;
import dev.proxyless.mesh.model.RouteMatch;
import dev.proxyless.mesh.model.RouteMatch.PathMatch;
import dev.proxyless.mesh.model.StringMatcher;
import dev.proxyless.mesh.model.ValueMatch;
import dev.proxyless.mesh.model.VirtualHost;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The oracle of the index: envoy-semantics 1.1 and 1.3 read straight off, one domain and one route
 * after the other. For ASCII, and for expressions that mean the same to {@code java.util.regex}.
 */
final class LinearMatcher {

  private final RouteConfiguration configuration;

  LinearMatcher(RouteConfiguration configuration) {
    this.configuration = configuration;
  }

  /** The name of the virtual host that a request belongs to, or {@code none}. */
  String virtualHost(RequestHead head) {
    return host(head.authority()).map(VirtualHost::name).orElse("none");
  }

  /** The name of the route that takes a request, or {@code none}. */
  String route(RequestHead head, long random) {
    List<String> protocol = new ArrayList<>();
    for (int i = 0; i < head.headerCount(); i++) {
      if (head.headerName(i).equalsIgnoreCase("x-forwarded-proto")) {
        protocol.add(head.headerValue(i));
      }
    }
    if (protocol.equals(List.of(""))) {
      return "none"; // Envoy has no route for a request that says it came by nothing
    }
    return host(head.authority()).stream()
        .flatMap(host -> host.routes().stream())
        .filter(route -> matches(route.match(), head, random))
        .findFirst()
        .map(Route::name)
        .orElse("none");
  }

  private Optional<VirtualHost> host(String authority) {
    record Claim(String domain, VirtualHost host) {}
    List<Claim> claims = new ArrayList<>();
    for (VirtualHost host : configuration.virtualHosts()) {
      host.domains().forEach(domain -> claims.add(new Claim(lower(domain), host)));
    }
    String withoutPort =
        configuration.ignorePortInHostMatching()
            ? authority.replaceFirst(":[^\\]:]*$", "")
            : authority;
    String host = lower(withoutPort);
    Comparator<Claim> longest = Comparator.comparingInt(claim -> -claim.domain.length());
    List<Predicate<Claim>> order =
        List.of(
            claim ->
                claim.domain.equals(host)
                    && !claim.domain.startsWith("*")
                    && !claim.domain.endsWith("*"),
            claim ->
                claim.domain.startsWith("*")
                    && !claim.domain.equals("*")
                    && host.length() >= claim.domain.length()
                    && host.endsWith(claim.domain.substring(1)),
            claim ->
                claim.domain.endsWith("*")
                    && !claim.domain.startsWith("*")
                    && host.length() >= claim.domain.length()
                    && host.startsWith(claim.domain.substring(0, claim.domain.length() - 1)),
            claim -> claim.domain.equals("*"));
    return order.stream()
        .flatMap(rule -> claims.stream().filter(rule).sorted(longest).limit(1))
        .findFirst()
        .map(Claim::host);
  }

  private boolean matches(RouteMatch match, RequestHead head, long random) {
    boolean amongFraction =
        match
            .runtimeFraction()
            .map(
                fraction ->
                    Long.remainderUnsigned(random, fraction.defaultValue().denominator())
                        < fraction.defaultValue().numerator())
            .orElse(true);
    return amongFraction
        && (!match.grpc() || isGrpc(values(head, "content-type")))
        && match.headers().stream().allMatch(each -> header(each, head))
        && match.queryParameters().stream().allMatch(each -> query(each, head.path()))
        && match.cookies().stream().allMatch(each -> cookie(each, head))
        && path(match, head);
  }

  private static boolean isGrpc(List<String> values) {
    String value = String.join(",", values);
    return value.equals("application/grpc") || value.startsWith("application/grpc+");
  }

  private boolean path(RouteMatch match, RequestHead head) {
    if (match.path() instanceof PathMatch.Connect) {
      return head.method().equals("CONNECT")
          || values(head, "upgrade").stream().limit(1).anyMatch("connect-udp"::equalsIgnoreCase);
    }
    if (head.path().isEmpty()) {
      return false;
    }
    String whole = head.path().split("[?#]", 2)[0];
    String path =
        configuration.ignorePathParametersInPathMatching() ? whole.replaceAll(";[^/]*", "") : whole;
    String value = match.path().value();
    if (match.path() instanceof PathMatch.SafeRegex) {
      return Pattern.compile(value, Pattern.DOTALL).matcher(path).matches();
    }
    if (match.path() instanceof PathMatch.UriTemplate) {
      return UriTemplate.compile(value, "").matches(whole);
    }
    String wanted = match.caseSensitive() ? value : lower(value);
    String given = match.caseSensitive() ? path : lower(path);
    if (match.path() instanceof PathMatch.Exact) {
      return given.equals(wanted);
    }
    return match.path() instanceof PathMatch.Prefix
        ? given.startsWith(wanted)
        : given.equals(wanted) || given.startsWith(wanted + "/");
  }

  private static boolean header(HeaderMatcher matcher, RequestHead head) {
    List<String> values = values(head, matcher.name());
    if (values.isEmpty() && matcher.treatMissingAsEmpty()) {
      values = List.of("");
    }
    if (matcher.match() instanceof ValueMatch.Present present) {
      return (!values.isEmpty() == present.present()) != matcher.invert();
    }
    if (values.isEmpty()) {
      return false;
    }
    Predicate<String> test =
        matcher.match() instanceof ValueMatch.Text text
            ? value -> text(text.matcher(), value)
            : value -> range((ValueMatch.Range) matcher.match(), value);
    return values.stream().anyMatch(test) != matcher.invert();
  }

  /** A number as C reads it. */
  private static final Pattern NUMBER =
      Pattern.compile("[ \\t-\\r]*([+-]?[0-9]+)[ \\t-\\r]*", Pattern.DOTALL);

  private static boolean range(ValueMatch.Range range, String value) {
    Matcher number = NUMBER.matcher(value);
    if (!number.matches()) {
      return false;
    }
    BigInteger exact = new BigInteger(number.group(1).replaceFirst("^\\+", ""));
    return BigInteger.valueOf(range.start()).compareTo(exact) <= 0
        && exact.compareTo(BigInteger.valueOf(range.end())) < 0;
  }

  private static boolean query(QueryParameterMatcher matcher, String target) {
    String raw = target.split("#", 2)[0].replaceFirst("^[^?]*\\??", "");
    Optional<String> value =
        List.of(raw.split("&")).stream()
            .filter(pair -> !pair.isEmpty())
            .map(pair -> (pair + "=").split("=", 2))
            .filter(pair -> pair[0].equals(matcher.name()))
            .findFirst()
            .map(pair -> pair[1].replaceFirst("=$", ""));
    return matcher.match() instanceof ValueMatch.Text text
        ? value.filter(each -> text(text.matcher(), each)).isPresent()
        : value.isPresent() == ((ValueMatch.Present) matcher.match()).present();
  }

  private static boolean cookie(CookieMatcher matcher, RequestHead head) {
    return values(head, "cookie").stream()
            .flatMap(line -> Pattern.compile(";").splitAsStream(line))
            .map(pair -> pair.replaceFirst("^ +", ""))
            .filter(pair -> pair.startsWith(matcher.name() + "="))
            .findFirst()
            .map(pair -> pair.substring(matcher.name().length() + 1))
            .filter(value -> text(matcher.match(), value.replaceFirst("(?s)^\"(.*)\"\\z", "$1")))
            .isPresent()
        != matcher.invert();
  }

  private static boolean text(StringMatcher matcher, String given) {
    String wanted = matcher.ignoreCase() ? lower(matcher.value()) : matcher.value();
    String value = matcher.ignoreCase() ? lower(given) : given;
    return switch (matcher.kind()) {
      case EXACT -> value.equals(wanted);
      case PREFIX -> value.startsWith(wanted);
      case SUFFIX -> value.endsWith(wanted);
      case CONTAINS -> value.contains(wanted);
      case SAFE_REGEX -> Pattern.compile(wanted, Pattern.DOTALL).matcher(value).matches();
    };
  }

  private static List<String> values(RequestHead head, String name) {
    if (name.equals(":method")) {
      return List.of(head.method());
    }
    List<String> values = new ArrayList<>();
    for (int i = 0; i < head.headerCount(); i++) {
      if (lower(head.headerName(i)).equals(lower(name))) {
        values.add(head.headerValue(i));
      }
    }
    return values;
  }

  private static String lower(String text) {
    return text.toLowerCase(Locale.ROOT);
  }
}
