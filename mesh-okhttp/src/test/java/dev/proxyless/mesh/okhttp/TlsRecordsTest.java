package dev.proxyless.mesh.okhttp;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.ByteArrayOutputStream;
import org.junit.jupiter.api.Test;

/** What of TLS is data, however the bytes come. */
class TlsRecordsTest {

  private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();

  private TlsRecordsTest record(int type, int length) {
    bytes.write(type);
    bytes.write(3);
    bytes.write(3);
    bytes.write(length >> 8);
    bytes.write(length);
    bytes.writeBytes(new byte[length]);
    return this;
  }

  private void assertData(long expected) {
    byte[] all = bytes.toByteArray();
    assertEquals(expected, new TlsRecords().read(all, 0, all.length), "at once");
    TlsRecords records = new TlsRecords();
    long found = 0;
    for (int i = 0; i < all.length; i++) {
      found += records.read(all, i, 1);
    }
    assertEquals(expected, found, "byte by byte");
  }

  @Test
  void dataIsCountedWithoutWhatTlsAdds() {
    record(23, 17 + 1000).record(23, 17 + 40_000);
    assertData(41_000);
  }

  @Test
  void alertsAndHandshakesAreNoData() {
    record(22, 500).record(21, 26).record(20, 1);
    assertData(0);
  }

  @Test
  void alertsOfTls13AreToldByTheirLengthPaddedOrNot() {
    record(23, 19).record(23, 35);
    assertData(0);
  }

  @Test
  void theShortestHeadIsData() {
    record(23, 17 + "HTTP/1.1 200 OK\r\n\r\n".length());
    assertData(19);
  }
}
