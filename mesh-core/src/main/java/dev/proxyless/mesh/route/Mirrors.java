package dev.proxyless.mesh.route;

import dev.proxyless.mesh.model.HeaderMutations;
import dev.proxyless.mesh.model.RequestMirrorPolicy;
import dev.proxyless.mesh.model.RequestMirrorPolicy.HeaderMutation;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;

/**
 * The mirror policies that hold for a route: those of the most specific level that has any,
 * compiled. Source: Envoy's router and {@code ShadowWriterImpl}. Immutable.
 */
final class Mirrors {

  static final Mirrors NONE = new Mirrors(List.of());

  private record Policy(RequestMirrorPolicy policy, List<Step> steps) {}

  /** One change to the copy's headers; each sees those before it. */
  private interface Step {
    void apply(RequestHead sent, HeaderEdits edits, FormatContext context);
  }

  private final List<Policy> policies;

  private Mirrors(List<Policy> policies) {
    this.policies = policies;
  }

  /** These policies, or {@code otherwise} where there are none. */
  static Mirrors compile(List<RequestMirrorPolicy> policies, String at, Mirrors otherwise) {
    if (policies.isEmpty()) {
      return otherwise;
    }
    List<Policy> compiled = new ArrayList<>();
    for (RequestMirrorPolicy policy : policies) {
      String path =
          (at.isEmpty() ? "" : at + ".") + "request_mirror_policies[" + compiled.size() + "]";
      List<Step> steps = new ArrayList<>();
      for (HeaderMutation mutation : policy.requestHeaders()) {
        steps.add(compile(mutation, path + ".request_headers_mutations[" + steps.size() + "]"));
      }
      compiled.add(new Policy(policy, List.copyOf(steps)));
    }
    return new Mirrors(List.copyOf(compiled));
  }

  private static Step compile(HeaderMutation mutation, String path) {
    if (mutation instanceof HeaderMutation.Remove remove) {
      HeaderEdit edit = HeaderEdit.remove(remove.name());
      return (sent, edits, context) -> edits.add(edit);
    }
    if (mutation instanceof HeaderMutation.Append append) {
      HeaderMutator mutator =
          HeaderMutator.ofMirrors(
              new HeaderMutations(List.of(append.option()), List.of()), path + ".append");
      return (sent, edits, context) -> mutator.apply(edits, context);
    }
    TextMatcher names =
        TextMatcher.compile(
            ((HeaderMutation.RemoveOnMatch) mutation).name(), path + ".remove_on_match");
    return (sent, edits, context) -> removeAll(names, sent, edits);
  }

  private static void removeAll(TextMatcher names, RequestHead sent, HeaderEdits edits) {
    TreeSet<String> all = new TreeSet<>();
    for (int i = 0; i < sent.headerCount(); i++) {
      all.add(Ascii.lower(sent.headerName(i)));
    }
    for (HeaderEdit edit : edits.list()) {
      all.add(Ascii.lower(edit.name()));
    }
    for (String name : all) {
      if (names.matches(name) && edits.first(name) != null) {
        edits.add(HeaderEdit.remove(name));
      }
    }
  }

  boolean isEmpty() {
    return policies.isEmpty();
  }

  /** The copies that are made of a request. */
  List<RouteEntry.Mirror> of(
      RequestHead sent, StreamInfo info, RouteEntry route, RouteTarget target) {
    if (policies.isEmpty() || sent.method().equals("CONNECT")) {
      return List.of();
    }
    List<RouteEntry.Mirror> mirrors = new ArrayList<>(policies.size());
    for (int i = 0; i < policies.size(); i++) {
      RequestMirrorPolicy policy = policies.get(i).policy;
      String cluster = cluster(policy, sent);
      boolean takes =
          policy.runtimeFraction().isEmpty()
              || info.runtime().takes(policy.runtimeFraction().get(), info.random());
      if (takes && !cluster.isEmpty()) {
        HeaderEdits edits = HeaderEdits.of(sent);
        FormatContext context = FormatContext.ofRequest(sent, info, route, target, edits);
        for (Step step : policies.get(i).steps) {
          step.apply(sent, edits, context);
        }
        mirrors.add(
            new RouteEntry.Mirror(
                target.named(cluster), authority(policy, sent.authority()), edits.list()));
      }
    }
    return mirrors;
  }

  private static String cluster(RequestMirrorPolicy policy, RequestHead sent) {
    if (!policy.cluster().isEmpty()) {
      return policy.cluster();
    }
    String named = sent.header(policy.clusterHeader());
    return named == null ? "" : named;
  }

  private static String authority(RequestMirrorPolicy policy, String authority) {
    if (policy.hostRewriteLiteral().isPresent()) {
      return policy.hostRewriteLiteral().get();
    }
    if (!policy.shadowSuffix()) {
      return authority;
    }
    int colon = Hosts.portStart(authority);
    int end = colon < 0 ? authority.length() : colon;
    return authority.substring(0, end) + "-shadow" + authority.substring(end);
  }
}
