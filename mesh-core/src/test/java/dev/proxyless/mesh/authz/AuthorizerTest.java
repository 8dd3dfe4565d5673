package dev.proxyless.mesh.authz;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.proxyless.mesh.authz.Access.Peer;
import dev.proxyless.mesh.model.Rbac;
import dev.proxyless.mesh.model.Rbac.Action;
import dev.proxyless.mesh.model.Rbac.Permission;
import dev.proxyless.mesh.model.Rbac.Policy;
import dev.proxyless.mesh.model.Rbac.Principal;
import dev.proxyless.mesh.model.StringMatcher;
import dev.proxyless.mesh.model.StringMatcher.Kind;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

final class AuthorizerTest {

  private static final String SERVICE_A = "spiffe://apps.local/serviceA";
  private static final Permission ANYTHING = new Permission.Any();
  private static final Principal ANYBODY = new Principal.Any();
  private static final Principal A = named(StringMatcher.exact(SERVICE_A));
  private static final Peer PEER_A = peer(SERVICE_A);
  private static final Peer NO_CERTIFICATE = new Peer(true, List.of(), List.of(), "");

  @Test
  void allowLetsInWhatMatchesAndNothingElse() {
    Authorizer authorizer = one(Action.ALLOW, ANYTHING, A);

    assertEquals(new Authorization(true, "p"), authorizer.authorize(get("/", PEER_A)));
    assertEquals(
        new Authorization(false, "none"),
        authorizer.authorize(get("/", peer("spiffe://apps.local/serviceB"))));
  }

  @Test
  void denyRefusesWhatMatchesAndNothingElse() {
    Authorizer authorizer = one(Action.DENY, prefix("/admin"), ANYBODY);

    assertEquals(new Authorization(false, "p"), authorizer.authorize(get("/admin/x", PEER_A)));
    assertEquals(new Authorization(true, "none"), authorizer.authorize(get("/shop", PEER_A)));
  }

  @Test
  void withoutPoliciesAllowRefusesAllAndDenyRefusesNothing() {
    assertFalse(authorizer(Action.ALLOW, Map.of()).authorize(get("/", PEER_A)).allowed());
    assertTrue(authorizer(Action.DENY, Map.of()).authorize(get("/", PEER_A)).allowed());
  }

  @Test
  void aPolicyWithoutPermissionsOrPrincipalsMatchesNothing() {
    Map<String, Policy> policies =
        Map.of(
            "no permissions", new Policy(List.of(), List.of(ANYBODY)),
            "no principals", new Policy(List.of(ANYTHING), List.of()));

    assertFalse(authorizer(Action.ALLOW, policies).authorize(get("/", PEER_A)).allowed());
  }

  @Test
  void theFirstPolicyByNameThatMatchesIsTheOneThatCounts() {
    Map<String, Policy> policies =
        Map.of(
            "3 all", new Policy(List.of(ANYTHING), List.of(ANYBODY)),
            "2 a", new Policy(List.of(ANYTHING), List.of(A)),
            "1 b", new Policy(List.of(prefix("/b")), List.of(ANYBODY)));
    Authorizer authorizer = authorizer(Action.ALLOW, policies);

    assertEquals("1 b", authorizer.authorize(get("/b", PEER_A)).policy());
    assertEquals("2 a", authorizer.authorize(get("/", PEER_A)).policy());
    assertEquals("3 all", authorizer.authorize(get("/", NO_CERTIFICATE)).policy());
  }

  @Test
  void aPeerIsKnownByItsUriNamesThenItsDnsNamesThenItsSubject() {
    Authorizer byUri = one(Action.ALLOW, ANYTHING, A);
    Authorizer byDns = one(Action.ALLOW, ANYTHING, named(StringMatcher.exact("a.apps.local")));
    Authorizer bySubject = one(Action.ALLOW, ANYTHING, named(StringMatcher.exact("CN=a")));
    Peer peer = new Peer(true, List.of("spiffe://x", SERVICE_A), List.of("a.apps.local"), "CN=a");

    assertTrue(byUri.authorize(get("/", peer)).allowed());
    assertTrue(byDns.authorize(get("/", peer)).allowed());
    assertTrue(bySubject.authorize(get("/", peer)).allowed());
  }

  @Test
  void withoutTlsNobodyIsAuthenticatedWhateverNamesAreClaimed() {
    Peer claimed = new Peer(false, List.of(SERVICE_A), List.of(), SERVICE_A);
    Authorizer anyTls = one(Action.ALLOW, ANYTHING, new Principal.Authenticated(Optional.empty()));

    assertFalse(one(Action.ALLOW, ANYTHING, A).authorize(get("/", claimed)).allowed());
    assertFalse(anyTls.authorize(get("/", claimed)).allowed());
    assertTrue(anyTls.authorize(get("/", NO_CERTIFICATE)).allowed());
  }

  @Test
  void conditionsCombine() {
    Permission readShop =
        new Permission.And(
            List.of(
                prefix("/shop"),
                new Permission.Or(List.of(method("GET"), method("HEAD"))),
                new Permission.Not(prefix("/shop/admin"))));
    Authorizer authorizer = one(Action.ALLOW, readShop, ANYBODY);

    assertTrue(authorizer.authorize(get("/shop/1", PEER_A)).allowed());
    assertTrue(authorizer.authorize(new Access("HEAD", "/shop/1", PEER_A)).allowed());
    assertFalse(authorizer.authorize(new Access("POST", "/shop/1", PEER_A)).allowed());
    assertFalse(authorizer.authorize(new Access("get", "/shop/1", PEER_A)).allowed());
    assertFalse(authorizer.authorize(get("/shop/admin", PEER_A)).allowed());
    assertFalse(authorizer.authorize(get("/", PEER_A)).allowed());
  }

  @Test
  void principalsCombine() {
    Principal meshButNotB =
        new Principal.And(
            List.of(
                named(new StringMatcher(Kind.PREFIX, "spiffe://apps.local/", false)),
                new Principal.Not(
                    new Principal.Or(
                        List.of(named(StringMatcher.exact("spiffe://apps.local/serviceB")))))));
    Authorizer authorizer = one(Action.ALLOW, ANYTHING, meshButNotB);

    assertTrue(authorizer.authorize(get("/", PEER_A)).allowed());
    assertFalse(authorizer.authorize(get("/", peer("spiffe://apps.local/serviceB"))).allowed());
    assertFalse(authorizer.authorize(get("/", peer("spiffe://other/serviceA"))).allowed());
  }

  @Test
  void textsAreMatchedByKindAndCaseIsIgnoredForAsciiAlone() {
    assertTrue(matches(Kind.EXACT, "abc", false, "abc"));
    assertFalse(matches(Kind.EXACT, "abc", false, "abcd"));
    assertFalse(matches(Kind.EXACT, "abc", false, "ABC"));
    assertTrue(matches(Kind.EXACT, "aBc", true, "AbC"));
    assertTrue(matches(Kind.PREFIX, "ab", false, "abc"));
    assertFalse(matches(Kind.PREFIX, "bc", false, "abc"));
    assertTrue(matches(Kind.SUFFIX, "BC", true, "abc"));
    assertFalse(matches(Kind.SUFFIX, "ab", false, "abc"));
    assertTrue(matches(Kind.CONTAINS, "b", false, "abc"));
    assertFalse(matches(Kind.CONTAINS, "d", false, "abc"));
    assertFalse(matches(Kind.EXACT, "k", true, "\u212a"), "the Kelvin sign is no k");
  }

  @Test
  void aRegularExpressionIsRefusedByName() {
    IllegalArgumentException refused =
        assertThrows(
            IllegalArgumentException.class,
            () ->
                one(
                    Action.DENY,
                    new Permission.Not(
                        new Permission.UrlPath(new StringMatcher(Kind.SAFE_REGEX, "/a.*", false))),
                    ANYBODY));

    assertTrue(String.valueOf(refused.getMessage()).contains("policy \"p\""), refused::getMessage);
    assertTrue(String.valueOf(refused.getMessage()).contains("/a.*"), refused::getMessage);
  }

  @Test
  void onlyAPolicyThatLooksAtPathsSaysSo() {
    assertFalse(one(Action.ALLOW, ANYTHING, A).readsPath());
    assertFalse(one(Action.ALLOW, method("GET"), A).readsPath());
    assertTrue(
        one(Action.ALLOW, new Permission.And(List.of(method("GET"), prefix("/"))), A).readsPath());
  }

  @Test
  void allowedPeersAreMatchedExactly() {
    Authorizer authorizer = Authorizer.allowPeers(List.of(SERVICE_A, "b.apps.local"));

    assertTrue(authorizer.authorize(get("/", PEER_A)).allowed());
    assertTrue(
        authorizer
            .authorize(get("/", new Peer(true, List.of(), List.of("b.apps.local"), "CN=b")))
            .allowed());
    assertFalse(authorizer.authorize(get("/", peer(SERVICE_A + "2"))).allowed());
    assertFalse(authorizer.authorize(get("/", NO_CERTIFICATE)).allowed());
    assertFalse(authorizer.authorize(get("/", Peer.PLAINTEXT)).allowed());
  }

  @Test
  void allowingNoPeerOrABlankOneIsAnError() {
    assertThrows(IllegalArgumentException.class, () -> Authorizer.allowPeers(List.of()));
    assertThrows(
        IllegalArgumentException.class, () -> Authorizer.allowPeers(List.of(SERVICE_A, " ")));
  }

  @Test
  void theDetailsOfARefusalAreEnvoys() {
    assertEquals(
        "rbac_access_denied_matched_policy[no_admins]",
        new Authorization(false, "no admins").details());
  }

  private static boolean matches(Kind kind, String value, boolean ignoreCase, String text) {
    return one(
            Action.ALLOW,
            new Permission.UrlPath(new StringMatcher(kind, value, ignoreCase)),
            ANYBODY)
        .authorize(get(text, PEER_A))
        .allowed();
  }

  private static Authorizer one(Action action, Permission permission, Principal principal) {
    return authorizer(action, Map.of("p", new Policy(List.of(permission), List.of(principal))));
  }

  private static Authorizer authorizer(Action action, Map<String, Policy> policies) {
    return Authorizer.of(new Rbac(action, policies));
  }

  private static Permission prefix(String path) {
    return new Permission.UrlPath(new StringMatcher(Kind.PREFIX, path, false));
  }

  private static Permission method(String method) {
    return new Permission.Method(StringMatcher.exact(method));
  }

  private static Principal named(StringMatcher name) {
    return new Principal.Authenticated(Optional.of(name));
  }

  private static Peer peer(String uri) {
    return new Peer(true, List.of(uri), List.of(), "CN=test");
  }

  private static Access get(String path, Peer peer) {
    return new Access("GET", path, peer);
  }
}
