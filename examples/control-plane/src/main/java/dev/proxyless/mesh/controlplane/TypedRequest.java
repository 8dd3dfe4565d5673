package dev.proxyless.mesh.controlplane;

import dev.proxyless.mesh.admin.ExplainedRequest;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import okhttp3.Request;
import org.jspecify.annotations.Nullable;

/** The request that somebody typed, as curl would read it. */
final class TypedRequest {

  private static final String FORM = "content-type: application/x-www-form-urlencoded";

  private TypedRequest() {}

  /**
   * Makes the request.
   *
   * @param method null for GET, or POST where there is a body
   * @param headers lines as they were typed
   * @param data the body, {@code @} and the file that has it, or null
   * @throws UnusableInputException if it cannot be sent
   */
  static Request of(
      String url, @Nullable String method, List<String> headers, @Nullable String data) {
    Optional<byte[]> body = Optional.ofNullable(data).map(TypedRequest::body);
    List<String> all = new ArrayList<>(headers);
    if (body.isPresent() && headers.stream().noneMatch(TypedRequest::isContentType)) {
      all.add(FORM);
    }
    try {
      String usual = body.isPresent() ? "POST" : "GET";
      return CallRequests.of(ExplainedRequest.of(method == null ? usual : method, url, all), body);
    } catch (IllegalArgumentException wrong) {
      throw new UnusableInputException(String.valueOf(wrong.getMessage()), wrong);
    }
  }

  private static boolean isContentType(String header) {
    return header.regionMatches(true, 0, "content-type:", 0, "content-type:".length());
  }

  private static byte[] body(String given) {
    if (!given.startsWith("@")) {
      return given.getBytes(StandardCharsets.UTF_8);
    }
    try {
      return given.equals("@-")
          ? System.in.readAllBytes()
          : Files.readAllBytes(Path.of(given.substring(1)));
    } catch (NoSuchFileException missing) {
      throw new UnusableInputException("--data: " + given.substring(1) + ": no such file", missing);
    } catch (IOException failed) {
      throw new UnusableInputException("--data: " + given + " cannot be read: " + failed, failed);
    }
  }
}
