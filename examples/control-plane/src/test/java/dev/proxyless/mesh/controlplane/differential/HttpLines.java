package dev.proxyless.mesh.controlplane.differential;

import dev.proxyless.mesh.call.Header;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** A message of HTTP/1.1 as it stands on the wire: nothing is put right, joined or left out. */
record HttpLines(String start, List<Header> headers, String body) {

  /**
   * Reads one message; empty where the stream ends instead.
   *
   * @param bodiless whether it has no body, whatever its headers say
   */
  static Optional<HttpLines> read(InputStream in, boolean bodiless) throws IOException {
    String start = line(in);
    if (start == null) {
      return Optional.empty();
    }
    List<Header> headers = new ArrayList<>();
    for (String line = line(in); line != null && !line.isEmpty(); line = line(in)) {
      int colon = line.indexOf(':');
      headers.add(
          new Header(
              line.substring(0, colon).toLowerCase(Locale.ROOT),
              line.substring(colon + 1).strip()));
    }
    HttpLines head = new HttpLines(start, List.copyOf(headers), "");
    return Optional.of(new HttpLines(start, head.headers, bodiless ? "" : head.readBody(in)));
  }

  private String readBody(InputStream in) throws IOException {
    if (first("transfer-encoding").isPresent()) {
      StringBuilder body = new StringBuilder();
      while (true) {
        int size = Integer.parseInt(String.valueOf(line(in)), 16);
        body.append(text(in, size));
        line(in);
        if (size == 0) {
          return body.toString();
        }
      }
    }
    return text(in, first("content-length").map(Integer::parseInt).orElse(0));
  }

  /** The first value of a header, by its name in lower case. */
  Optional<String> first(String name) {
    return headers.stream().filter(each -> each.name().equals(name)).map(Header::value).findFirst();
  }

  private static String text(InputStream in, int size) throws IOException {
    byte[] bytes = in.readNBytes(size);
    if (bytes.length < size) {
      throw new EOFException("the body ends after " + bytes.length + " of " + size + " bytes");
    }
    return new String(bytes, StandardCharsets.ISO_8859_1);
  }

  private static String line(InputStream in) throws IOException {
    StringBuilder line = new StringBuilder();
    for (int c = in.read(); c != '\n'; c = in.read()) {
      if (c < 0) {
        if (line.isEmpty()) {
          return null;
        }
        throw new EOFException("a line without its end: " + line);
      }
      if (c != '\r') {
        line.append((char) c);
      }
    }
    return line.toString();
  }
}
