package dev.proxyless.mesh.telemetry;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import org.junit.jupiter.api.Test;

final class CallInfoTest {

  @Test
  void aCallsWayStandsOnOneLine() {
    CallInfo info =
        new CallInfo(
            "serviceb.apps.local",
            "serviceB",
            "cds_b",
            "10.0.0.1:8000",
            3,
            ResponseFlags.of(ResponseFlag.URX).with(ResponseFlag.UF),
            "upstream_reset_before_response_started{connection_termination}",
            "not in the line");

    assertEquals(
        "virtual_host=serviceb.apps.local route=serviceB cluster=cds_b endpoint=10.0.0.1:8000"
            + " attempts=3 flags=URX,UF"
            + " details=upstream_reset_before_response_started{connection_termination}",
        info.toString());
  }

  @Test
  void whatDoesNotApplyIsADash() {
    assertEquals(
        "virtual_host=- route=- cluster=- endpoint=- attempts=0 flags=- details=-",
        new CallInfo("", "", "", "", 0, ResponseFlags.NONE, "", "").toString());
  }

  @Test
  void flagsKeepTheOrderInWhichTheyWereSetEachOnce() {
    ResponseFlags flags =
        ResponseFlags.of(ResponseFlag.URX).with(ResponseFlag.UF).with(ResponseFlag.URX);

    assertEquals(List.of(ResponseFlag.URX, ResponseFlag.UF), flags.list());
    assertEquals("URX,UF", flags.toString());
    assertTrue(flags.has(ResponseFlag.UF));
    assertFalse(flags.has(ResponseFlag.UH));
    assertSame(flags, flags.with(ResponseFlag.UF));
    assertNotEquals(flags, ResponseFlags.of(ResponseFlag.UF).with(ResponseFlag.URX));
    assertEquals("-", ResponseFlags.NONE.toString());
    assertTrue(ResponseFlags.NONE.isEmpty());
  }

  @Test
  void flagsAreImmutable() {
    ResponseFlags one = ResponseFlags.of(ResponseFlag.DC);
    one.with(ResponseFlag.UT);

    assertEquals("DC", one.toString());
  }
}
