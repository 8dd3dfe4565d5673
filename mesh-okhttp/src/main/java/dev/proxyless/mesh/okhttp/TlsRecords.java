package dev.proxyless.mesh.okhttp;

/**
 * Reads the headers of TLS records in what a socket receives, to tell data from alerts: a server
 * that closes says so, and that is no response. TLS 1.3 makes alerts look like data; they are told
 * by their length, which leaves no room for the shortest head of a response. Belongs to the thread
 * that reads.
 */
final class TlsRecords {

  private static final int HEADER = 5;
  private static final int APPLICATION_DATA = 23;

  /** What TLS 1.3 adds to an alert or to data: a type and a tag. */
  private static final int ADDED = 17;

  /** An alert has two bytes; the JDK pads it by sixteen. */
  private static final int LONGEST_ALERT = 18;

  private final byte[] header = new byte[HEADER];
  private int headerBytes;
  private int left;

  /** Reads on. Returns how many bytes of data the records hold that begin here. */
  long read(byte[] bytes, int offset, int count) {
    long data = 0;
    int at = offset;
    int end = offset + count;
    while (at < end) {
      if (left > 0) {
        int skipped = Math.min(left, end - at);
        left -= skipped;
        at += skipped;
      } else {
        header[headerBytes++] = bytes[at++];
        if (headerBytes == HEADER) {
          headerBytes = 0;
          left = (header[3] & 0xff) << 8 | (header[4] & 0xff);
          data += header[0] == APPLICATION_DATA && left > ADDED + LONGEST_ALERT ? left - ADDED : 0;
        }
      }
    }
    return data;
  }
}
