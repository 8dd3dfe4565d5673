package dev.proxyless.mesh.route;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.proxyless.mesh.model.HeaderMutations;
import dev.proxyless.mesh.testing.FakeRequest;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Header mutation: envoy-semantics 1.5. What is expected was seen of Envoy 1.40. */
class HeaderMutationTest {

  private static final FakeRequest PLAIN = FakeRequest.get("http://h/");

  private static String sent(HeaderMutations mutations, FakeRequest head) {
    Routed routed = new Routed();
    routed.requests = mutations;
    return routed.sent(head);
  }

  @Test
  void twoAddIfAbsentOfOneNameBothCome() {
    HeaderMutations mutations = Routed.add("absent x: 1", "absent x: 2");
    assertEquals("h / | x: 1 | x: 2", sent(mutations, PLAIN));
    assertEquals("h / | X: 0", sent(mutations, PLAIN.header("X", "0")));
  }

  @Test
  void overwritesComeBeforeAdditionsAndTheLastOverwriteWins() {
    HeaderMutations mutations = Routed.add("append x: a", "set x: 1", "set x: 2");
    assertEquals("h / | x: 2 | x: a", sent(mutations, PLAIN));
    assertEquals("h / | x: 2 | x: a", sent(mutations, PLAIN.header("x", "0").header("x", "00")));
  }

  @Test
  void removalsComeFirst() {
    HeaderMutations mutations = Routed.mutations(List.of("x", "y"), "absent x: 1", "replace y: 2");
    assertEquals("h / | x: 1", sent(mutations, PLAIN.header("x", "0").header("y", "0")));
  }

  @Test
  void valuesAreComputedBeforeTheLevelWrites() {
    HeaderMutations mutations = Routed.add("set x: 1", "append y: %REQ(x)%");
    assertEquals("h / | x: 1 | y: 0", sent(mutations, PLAIN.header("x", "0")));
  }

  @Test
  void anEmptyValueIsWrittenOnlyWhereItIsKept() {
    HeaderMutations mutations =
        Routed.add(
            "set+ x: %REQ(none)%",
            "set y: %REQ(none)%",
            "append+ z: %REQ(none)%",
            "append+ w: ",
            "absent+ q: ",
            "append v: ");
    assertEquals(
        "h / | x:  | y: 0 | z: 0 | z:  | w:  | q: ",
        sent(mutations, PLAIN.header("x", "0").header("y", "0").header("z", "0")));
  }

  @Test
  void whatIsAddedToAHeaderOfOneLineJoinsIt() {
    HeaderMutations mutations =
        Routed.add("append accept: 9", "append x: 9", "append via: 1", "append via: 2");
    assertEquals(
        "h / | accept: 5,6,9 | x: 5 | x: 9 | via: 1,2",
        sent(mutations, PLAIN.header("accept", "5").header("accept", "6").header("x", "5")));
  }

  private static HeaderMutations level(String name) {
    return Routed.add("set o: " + name, "append a: " + name, "absent i: " + name);
  }

  private static Routed fourLevels() {
    Routed routed = Routed.weighted("whost", level("w"), level("w"));
    routed.requests = level("route");
    routed.requestsOfHost = level("vh");
    routed.requestsOfConfiguration = level("cfg");
    routed.responses = level("route");
    routed.responsesOfHost = level("vh");
    routed.responsesOfConfiguration = level("cfg");
    return routed;
  }

  @Test
  void theLeastSpecificLevelComesLast() {
    assertEquals(
        "whost / | o: cfg | a: w | i: w | a: route | a: vh | a: cfg", fourLevels().sent(PLAIN));
  }

  @Test
  void theMostSpecificLevelComesLastWhereItIsToWin() {
    Routed routed = fourLevels();
    routed.mostSpecificWins = true;
    assertEquals(
        "whost / | o: route | a: w | i: w | a: cfg | a: vh | a: route", routed.sent(PLAIN));
  }

  @Test
  void responsesHaveTheSameLevels() {
    ResponseInfo response = new ResponseInfo(200, "", "via_upstream", "127.0.0.1:80", 1);
    assertEquals(
        "SET o: w | ADD a: w | SET o: route | ADD a: route | SET o: vh | ADD a: vh | SET o: cfg"
            + " | ADD a: cfg",
        fourLevels().answered(PLAIN, response, Map.of("i", "0")));
  }

  @Test
  void aRouteThatChangesNothingLeavesNoEdit() {
    RouteEntry entry = new Routed().entry();
    HeaderEdits edits = HeaderEdits.of(PLAIN);
    StreamInfo info = StreamInfo.of(0);
    RouteEntry.Rewritten rewritten =
        entry.finalizeRequest(PLAIN, info, entry.target(PLAIN, info), edits, true);
    assertTrue(edits.list().isEmpty());
    assertEquals(new RouteEntry.Rewritten("h", "/"), rewritten);
  }
}
