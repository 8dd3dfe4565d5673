package dev.proxyless.mesh.okhttp;

import java.net.HttpURLConnection;
import okhttp3.Headers;
import okhttp3.Response;
import org.jspecify.annotations.Nullable;

/**
 * What Envoy refuses in the head of a response and OkHttp lets through: lines that are no header,
 * and lengths that two readers would read differently.
 */
final class ResponseRules {

  private static final String CONTENT_LENGTH = "content-length";
  private static final String TRANSFER_ENCODING = "transfer-encoding";

  private static final int MAX_DIGITS = 19;

  private ResponseRules() {}

  /** What is wrong with the head of a response, for people; null where nothing is. */
  static @Nullable String breach(Response response) {
    Headers headers = response.headers();
    String length = null;
    String encoding = null;
    for (int i = 0; i < headers.size(); i++) {
      String name = headers.name(i);
      String value = headers.value(i);
      if (!isToken(name)) {
        return "a line of the response's head has no name of a header before a colon";
      }
      if (hasControl(value)) {
        return "the response's header " + name + " has a control character";
      }
      if (name.length() == CONTENT_LENGTH.length() && name.equalsIgnoreCase(CONTENT_LENGTH)) {
        if (length != null || !isLength(value)) {
          return "the response's content-length is not one number";
        }
        length = value;
      } else if (name.equalsIgnoreCase(TRANSFER_ENCODING)) {
        if (encoding != null || !value.equalsIgnoreCase("chunked")) {
          return "the response's transfer-encoding is not \"chunked\"";
        }
        encoding = value;
      }
    }
    if (encoding != null && length != null) {
      return "the response has a content-length and a transfer-encoding";
    }
    return encoding != null && response.code() == HttpURLConnection.HTTP_NO_CONTENT
        ? "the response has no content and a transfer-encoding"
        : null;
  }

  private static boolean isToken(String name) {
    for (int i = 0; i < name.length(); i++) {
      char c = name.charAt(i);
      boolean alphanumeric =
          (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
      if (!alphanumeric && c != '-' && "!#$%&'*+.^_`|~".indexOf(c) < 0) {
        return false;
      }
    }
    return !name.isEmpty();
  }

  private static boolean hasControl(String value) {
    for (int i = 0; i < value.length(); i++) {
      char c = value.charAt(i);
      if ((c < ' ' && c != '\t') || c == 0x7f) {
        return true;
      }
    }
    return false;
  }

  private static boolean isLength(String value) {
    for (int i = 0; i < value.length(); i++) {
      if (value.charAt(i) < '0' || value.charAt(i) > '9') {
        return false;
      }
    }
    return !value.isEmpty() && value.length() <= MAX_DIGITS;
  }
}
