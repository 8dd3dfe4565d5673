package dev.proxyless.mesh.okhttp;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotSame;
import static org.junit.jupiter.api.Assertions.assertSame;

import okhttp3.HttpUrl;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RewrittenUrlsTest {

  private final RewrittenUrls urls = new RewrittenUrls();

  private String of(String url, boolean secure, String path) {
    return urls.of(HttpUrl.get(url), secure, path).toString();
  }

  @ParameterizedTest
  @CsvSource({
    "http://s.local:8000/a, false, /b, http://s.local:8000/b",
    "http://s.local:8000/a, true, /a, https://s.local:8000/a",
    "http://s.local/a, true, /a, https://s.local:80/a",
    "http://s.local/a?x=1, false, /b?x=1, http://s.local/b?x=1",
    "http://s.local/a?x=1, true, /b, https://s.local:80/b",
    "http://s.local/a, false, /b?y=%2F, http://s.local/b?y=%2F",
  })
  void pathAndSchemeAreTheRoutesAndAllElseIsTheCallers(
      String url, boolean secure, String path, String expected) {
    assertEquals(expected, of(url, secure, path));
    assertEquals(expected, of(url, secure, path));
  }

  @Test
  void neitherSchemeNorPathNorHostIsTakenForAnother() {
    assertEquals("http://s.local/b", of("http://s.local/a", false, "/b"));
    assertEquals("https://s.local:80/b", of("http://s.local/a", true, "/b"));
    assertEquals("http://s.local/c", of("http://s.local/a", false, "/c"));
    assertEquals("http://t.local/b", of("http://t.local/a", false, "/b"));
    assertEquals("http://s.local/b", of("http://s.local/a", false, "/b"));
  }

  /** More than are kept, so that they share places. */
  @Test
  void whateverIsKeptEachUrlGetsItsOwn() {
    for (int round = 0; round < 2; round++) {
      for (int i = 0; i < 2_000; i++) {
        assertEquals("https://s.local:80/to/" + i, of("http://s.local/of/" + i, true, "/to/" + i));
      }
    }
  }

  @Test
  void aUrlIsMadeOnceUnlessItHasAQuery() {
    HttpUrl plain = HttpUrl.get("http://s.local/a");
    assertSame(urls.of(plain, true, "/a"), urls.of(HttpUrl.get("http://s.local/a"), true, "/a"));
    HttpUrl asking = HttpUrl.get("http://s.local/a?token=1");
    assertNotSame(urls.of(asking, true, "/a?token=1"), urls.of(asking, true, "/a?token=1"));
  }
}
