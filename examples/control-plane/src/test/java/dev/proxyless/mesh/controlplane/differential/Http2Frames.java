package dev.proxyless.mesh.controlplane.differential;

import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;

/**
 * A server's side of one connection of HTTP/2, which answers each request by frames in words:
 * {@code head 200 name=value}, {@code data text} and {@code trailers name=value}, each ending its
 * stream with {@code end-} before it; {@code rst CODE}, {@code goaway LAST CODE}, {@code window
 * INCREMENT}, {@code pause MILLIS}, {@code close}; a {@code pause} that does not say how long is
 * long enough for what was sent before to be noticed alone.
 */
final class Http2Frames {

  private static final int DATA = 0;
  private static final int HEADERS = 1;
  private static final int RST_STREAM = 3;
  private static final int SETTINGS = 4;
  private static final int PING = 6;
  private static final int GOAWAY = 7;
  private static final int WINDOW_UPDATE = 8;
  private static final int ACK = 1;
  private static final int END_STREAM = 1;
  private static final int END_HEADERS = 4;
  private static final int PREFACE_BYTES = 24;
  private static final String END = "end-";

  private static final long NOTICED_MS = 200;

  private final DataInputStream in;
  private final OutputStream out;

  Http2Frames(DataInputStream in, OutputStream out) {
    this.in = in;
    this.out = out;
  }

  /** Serves the connection to its end. */
  void serve(Supplier<List<String>> answers) throws IOException {
    in.readFully(new byte[PREFACE_BYTES]);
    send(SETTINGS, 0, 0, new byte[0]);
    while (true) {
      int lengthAndType = in.readInt();
      int flags = in.readUnsignedByte();
      int stream = in.readInt();
      byte[] payload = new byte[lengthAndType >>> 8];
      in.readFully(payload);
      int type = lengthAndType & 0xff;
      boolean mayBeAcknowledged = (flags & ACK) == 0;
      if (type == SETTINGS && mayBeAcknowledged) {
        send(SETTINGS, ACK, 0, new byte[0]);
      } else if (type == PING && mayBeAcknowledged) {
        send(PING, ACK, 0, payload);
      } else if ((type == DATA || type == HEADERS) && (flags & END_STREAM) != 0) {
        List<String> steps = answers.get();
        Thread thread = new Thread(() -> answer(steps, stream), "http2-stream");
        thread.setDaemon(true);
        thread.start();
      }
    }
  }

  /** Beside the reading, so that a request that comes in a pause is there when it came. */
  private void answer(List<String> steps, int stream) {
    try {
      for (String step : steps) {
        step(step, stream);
      }
    } catch (IOException ended) {
      close();
    }
  }

  /** Ends the connection, and its reading with it. */
  private void close() {
    try {
      in.close();
    } catch (IOException gone) {
      // The other side closes connections as it likes.
    }
  }

  private void step(String step, int stream) throws IOException {
    boolean ends = step.startsWith(END);
    String[] words = (ends ? step.substring(END.length()) : step).split(" ", 2);
    String rest = words.length == 1 ? "" : words[1];
    int end = ends ? END_STREAM : 0;
    switch (words[0]) {
      case "head" -> send(HEADERS, END_HEADERS | end, stream, block(":status=" + rest));
      case "trailers" -> send(HEADERS, END_HEADERS | end, stream, block(rest));
      case "data" -> send(DATA, end, stream, rest.getBytes(StandardCharsets.US_ASCII));
      case "rst" -> send(RST_STREAM, 0, stream, ints(Integer.parseInt(rest)));
      case "goaway" -> {
        String[] lastAndCode = rest.split(" ");
        int last = lastAndCode[0].equals("this") ? stream : Integer.parseInt(lastAndCode[0]);
        send(GOAWAY, 0, 0, ints(last, Integer.parseInt(lastAndCode[1])));
      }
      case "window" -> send(WINDOW_UPDATE, 0, stream, ints(Integer.parseInt(rest)));
      case "pause" -> pause(rest.isEmpty() ? NOTICED_MS : Long.parseLong(rest));
      case "close" -> throw new EOFException("the scenario ends the connection");
      default -> throw new IllegalArgumentException("no step: " + step);
    }
  }

  private static void pause(long millis) {
    try {
      TimeUnit.MILLISECONDS.sleep(millis);
    } catch (InterruptedException ended) {
      Thread.currentThread().interrupt();
    }
  }

  private static byte[] ints(int... values) {
    ByteBuffer bytes = ByteBuffer.allocate(Integer.BYTES * values.length);
    for (int value : values) {
      bytes.putInt(value);
    }
    return bytes.array();
  }

  /** Literal header fields that are in no table, without compression. */
  private static byte[] block(String fields) {
    ByteArrayOutputStream block = new ByteArrayOutputStream();
    for (String field : fields.split(" ")) {
      String[] nameAndValue = field.split("=", 2);
      block.write(0);
      for (String each : nameAndValue) {
        block.write(each.length());
        block.writeBytes(each.getBytes(StandardCharsets.US_ASCII));
      }
    }
    return block.toByteArray();
  }

  private synchronized void send(int type, int flags, int stream, byte[] payload)
      throws IOException {
    ByteBuffer frame = ByteBuffer.allocate(9 + payload.length);
    frame.putInt(payload.length << 8 | type).put((byte) flags).putInt(stream).put(payload);
    out.write(frame.array());
  }
}
