package dev.proxyless.mesh.authz;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class RequestPathTest {

  @ParameterizedTest(name = "{0}")
  @CsvSource({
    "/a%2fadmin,/a/admin",
    "/a%2Fadmin,/a/admin",
    "/a%5cadmin,/a\\admin",
    "/admin%00,/admin",
    "/a\\admin,/a\\admin",
    "/admin;x=y/z,/admin/z",
    "//admin,/admin",
    "//admin,//admin",
    "/./admin,/admin",
    "/x/../admin,/admin",
    "/x/%2e%2e/admin,/admin",
    "/x/.%2E/admin,/admin",
    "/x/..,/",
    "/x/.,/x/",
    "/x/y,/x//y",
  })
  void aPathThatCanBeReadInMoreThanOneWayIsAmbiguous(String raw, String decoded) {
    assertTrue(RequestPath.isAmbiguous(raw, decoded));
  }

  @ParameterizedTest(name = "{0}")
  @CsvSource({
    "/,/",
    "/admin,/admin",
    "/admin/,/admin/",
    "/%61dmin,/admin",
    "/a%20b,/a b",
    "/a.b/..c/d...,/a.b/..c/d...",
    "/caf%C3%A9,/café",
  })
  void aPlainPathIsNot(String raw, String decoded) {
    assertFalse(RequestPath.isAmbiguous(raw, decoded));
  }
}
