package dev.proxyless.mesh.controlplane.differential;

import java.util.List;

/** What tables and requests are made of: few words, so that they meet and nearly meet. */
final class Words {

  /** Clusters that are there. */
  static final List<String> CLUSTERS = List.of("c1", "c2", "c3");

  static final List<String> DOMAINS =
      List.of(
          "*",
          "a.com",
          "b.a.com",
          "A.org",
          "a.com:8080",
          "*.a.com",
          "*.com",
          "*-x.a.com",
          "*a.com",
          "a.*",
          "a.com*",
          "b.*",
          "a*",
          "[::1]",
          "[::1]:8080",
          "a.*.com",
          "*.com:8080",
          "a.com.");

  static final List<String> HOSTS =
      List.of(
          "a.com",
          "a.com",
          "A.COM",
          "b.a.com",
          "a.org",
          "a.com:8080",
          "a.com:80",
          "a.com:443",
          "b.a.com:8080",
          "c-x.a.com",
          "-x.a.com",
          ".a.com",
          "xa.com",
          "a.com.",
          "a.com.:8080",
          "a.comx",
          "b.org",
          "[::1]",
          "[::1]:8080",
          "a.*.com",
          "127.0.0.1",
          "b",
          "a");

  /** Headers that tables match, change and make; requests carry them. */
  static final List<String> HEADERS = List.of("x-a", "x-b", "x-c", "X-D", "user-agent");

  static final List<String> VALUES =
      List.of("", "1", "2", "10", "-3", "007", "a", "A", "ab", "aB", "ba", "a,b", "b,a", "abc");

  static final List<String> SEGMENTS =
      List.of("a", "b", "A", "ab", "c", "", ".", "..", "%2F", "%2f", "%5c", "%61", "%7e", "a;k=1");

  static final List<String> PATHS =
      List.of(
          "/", "/a", "/a/", "/a/b", "/A", "/ab", "/b", "/a/b/c", "/a;k=1", "/%61", "/b/a", "//");

  static final List<String> EXPRESSIONS =
      List.of(
          "/.*",
          "/a.*",
          "/(a|b)/.*",
          "(?i)/a",
          "/[ab]+",
          "/([^/]+)/([^/]+)",
          "/a/?b?",
          ".*b",
          "/(?P<one>\\w+)",
          "/a|/ab",
          "");

  static final List<String> VALUE_EXPRESSIONS =
      List.of("a.*", "a|b", "[ab]*", "\\d+", "(?i)AB", ".*", "a,b");

  static final List<String> KEYS = List.of("k", "K", "q", "kk");

  static final List<String> QUERIES =
      List.of(
          "k=1", "k=a", "k", "k=", "K=1", "q=ab", "kk=10", "=1", "k=1=2", "k%3D1", "q=a%20b", "&");

  private Words() {}
}
