package dev.proxyless.mesh.file;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class AllowedDirectoriesTest {

  @TempDir Path root;

  private Path certs;
  private AllowedDirectories allowed;

  @BeforeEach
  void makeDirectories() throws IOException {
    certs = Files.createDirectory(root.resolve("certs"));
    Files.createDirectory(root.resolve("certs-private"));
    Files.createDirectory(certs.resolve("sub"));
    Files.writeString(certs.resolve("a.pem"), "a");
    Files.writeString(root.resolve("certs-private/key.pem"), "secret");
    Files.writeString(root.resolve("shadow"), "secret");
    allowed = new AllowedDirectories(List.of(certs));
  }

  @Test
  void filesBelowADirectoryMayBeRead() {
    assertAllowed(certs.resolve("a.pem"));
    assertAllowed(certs.resolve("sub/b.pem"));
    assertAllowed(certs.resolve("not/there/yet.pem"));
    assertAllowed(certs.resolve("sub/../a.pem"));
    assertAllowed(certs.resolve("./a.pem"));
  }

  @Test
  void othersMayNot() {
    assertRefused(root.resolve("shadow"));
    assertRefused(Path.of("/etc/passwd"));
    assertRefused(root.resolve("not-there-yet"));
  }

  @Test
  void theDirectoryItselfIsNoFileBelowIt() {
    assertRefused(certs);
    assertRefused(certs.resolve("sub/.."));
  }

  @Test
  void aNameThatBeginsAlikeIsAnotherDirectory() {
    assertRefused(root.resolve("certs-private/key.pem"));
    assertRefused(root.resolve("certs.pem"));
  }

  @Test
  void dotsDoNotLeadOut() {
    assertRefused(certs.resolve("../shadow"));
    assertRefused(certs.resolve("sub/../../shadow"));
    assertRefused(certs.resolve("../certs-private/key.pem"));
    assertRefused(certs.resolve("not/there/../../../shadow"));
    assertRefused(certs.resolve("../not-there-yet"));
  }

  @Test
  void linksCountByWhereTheyLead() throws IOException {
    Files.createSymbolicLink(certs.resolve("out.pem"), root.resolve("shadow"));
    assertRefused(certs.resolve("out.pem"));
    Files.createSymbolicLink(certs.resolve("outdir"), root.resolve("certs-private"));
    assertRefused(certs.resolve("outdir/key.pem"));
    assertRefused(certs.resolve("outdir/not-there-yet.pem"));
    Files.createSymbolicLink(root.resolve("in"), certs);
    assertAllowed(root.resolve("in/a.pem"));
    assertAllowed(root.resolve("in/not-there-yet.pem"));
  }

  @Test
  void aLinkToWhatIsNotThereYetCountsByWhereItWillLead() throws IOException {
    Files.createSymbolicLink(certs.resolve("later.pem"), root.resolve("later-secret"));
    assertRefused(certs.resolve("later.pem"));
    Files.createSymbolicLink(certs.resolve("relative.pem"), Path.of("../later-secret"));
    assertRefused(certs.resolve("relative.pem"));
    Files.createSymbolicLink(certs.resolve("good.pem"), Path.of("sub/later.pem"));
    assertAllowed(certs.resolve("good.pem"));
    Files.createSymbolicLink(certs.resolve("chain.pem"), Path.of("later.pem"));
    assertRefused(certs.resolve("chain.pem"));
  }

  @Test
  void dotsAfterALinkCountFromWhereItLeads() throws IOException {
    Path far = Files.createDirectories(root.resolve("far/away"));
    Files.createSymbolicLink(certs.resolve("link"), far);
    // certs/link/../x is far/x, not certs/x
    assertRefused(certs.resolve("link/../not-there-yet.pem"));
    Files.writeString(root.resolve("far/there.pem"), "x");
    assertRefused(certs.resolve("link/../there.pem"));
  }

  @Test
  void linksThatLeadToThemselvesAreRefusedOrStay() throws IOException {
    Files.createSymbolicLink(root.resolve("loop"), root.resolve("loop"));
    assertRefused(root.resolve("loop"));
  }

  /** How the kubelet mounts secrets. */
  @Test
  void linksWithinTheDirectoryMayBeFollowed() throws IOException {
    Files.createDirectory(certs.resolve("..2026"));
    Files.writeString(certs.resolve("..2026/tls.crt"), "x");
    Files.createSymbolicLink(certs.resolve("..data"), Path.of("..2026"));
    Files.createSymbolicLink(certs.resolve("tls.crt"), Path.of("..data/tls.crt"));
    assertAllowed(certs.resolve("tls.crt"));
  }

  @Test
  void anAllowedDirectoryMayItselfBeALinkOrComeLater() throws IOException {
    Files.createSymbolicLink(root.resolve("linked"), certs);
    AllowedDirectories byLink = new AllowedDirectories(List.of(root.resolve("linked")));
    assertEquals(Optional.empty(), byLink.refusal(certs.resolve("a.pem").toString()));
    AllowedDirectories later = new AllowedDirectories(List.of(root.resolve("later")));
    assertEquals(Optional.empty(), later.refusal(root.resolve("later/a.pem").toString()));
  }

  @Test
  void withoutAnyDirectoryNothingMayBeRead() {
    assertEquals(
        "names the file /etc/passwd, which is not below an allowed directory; allowed are none; add"
            + " its directory to tls.allowed_directories of mesh.yaml if configuration may name"
            + " files there",
        new AllowedDirectories(List.of()).refusal("/etc/passwd").orElseThrow());
  }

  @Test
  void aRefusalNamesWhatIsAllowed() throws IOException {
    String refusal = allowed.refusal(root.resolve("shadow").toString()).orElseThrow();
    assertTrue(refusal.contains("allowed are [" + certs.toRealPath() + "]"), refusal);
  }

  @Test
  void whatIsNoPathIsRefused() {
    String refusal = allowed.refusal(certs + "/a\0.pem").orElseThrow();
    assertTrue(refusal.startsWith("names a file whose path cannot be one: "), refusal);
    assertTrue(allowed.refusal("").isPresent());
  }

  private void assertAllowed(Path path) {
    assertEquals(Optional.empty(), allowed.refusal(path.toString()));
  }

  private void assertRefused(Path path) {
    assertTrue(allowed.refusal(path.toString()).isPresent(), path + " is allowed");
  }
}
