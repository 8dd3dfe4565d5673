package dev.proxyless.mesh.quickstart;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import org.junit.jupiter.api.Test;

class SplitTest {

  @Test
  void fourStandardDeviationsAreAllowedAndNoCallMore() throws Exception {
    // 10,000 calls at 25 %: sigma is 43.30, so that 173 are allowed.
    assertEquals(new Split(25, 7_327, 2_673, 173, 173), Split.check(calls(7_327, 2_673), 25));
    assertThrows(NotHeld.class, () -> Split.check(calls(7_326, 2_674), 25));
    assertEquals(new Split(25, 7_673, 2_327, 173, 173), Split.check(calls(7_673, 2_327), 25));
    assertThrows(NotHeld.class, () -> Split.check(calls(7_674, 2_326), 25));
  }

  @Test
  void allMeansAll() throws Exception {
    assertEquals(new Split(100, 0, 2_000, 0, 0), Split.check(calls(0, 2_000), 100));
    assertThrows(NotHeld.class, () -> Split.check(calls(1, 1_999), 100));
  }

  @Test
  void aFailedCallIsNoSplit() {
    Tally tally = calls(75, 25);
    tally.add(new Caller.Answer(503, "no healthy upstream"));

    NotHeld notHeld = assertThrows(NotHeld.class, () -> Split.check(tally, 25));

    assertEquals(
        "1 of 101 calls failed, the first with 503 \"no healthy upstream\"", notHeld.getMessage());
  }

  private static Tally calls(int serviceB, int serviceBv2) {
    Tally tally = new Tally();
    for (int i = 0; i < serviceB; i++) {
      tally.add(new Caller.Answer(200, "serviceB-1"));
    }
    for (int i = 0; i < serviceBv2; i++) {
      tally.add(new Caller.Answer(200, "serviceBv2-1"));
    }
    return tally;
  }
}
