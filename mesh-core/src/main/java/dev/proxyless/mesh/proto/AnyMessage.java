package dev.proxyless.mesh.proto;

import java.util.HexFormat;
import org.jspecify.annotations.Nullable;

/**
 * A {@code google.protobuf.Any}: a message and the URL of its type. It is opened on demand, since
 * what it holds may be of a type that this library does not know.
 */
public final class AnyMessage {

  static final String TYPE_URL_PREFIX = "type.googleapis.com/";

  private final String path;
  private final String typeUrl;
  private final byte @Nullable [] bytes;
  private final @Nullable Message message;
  private final @Nullable String json;

  AnyMessage(String path, String typeUrl, byte @Nullable [] bytes, @Nullable Message message) {
    this(path, typeUrl, bytes, message, null);
  }

  private AnyMessage(
      String path,
      String typeUrl,
      byte @Nullable [] bytes,
      @Nullable Message message,
      @Nullable String json) {
    this.path = path;
    this.typeUrl = typeUrl;
    this.bytes = bytes;
    this.message = message;
    this.json = json;
  }

  /** An Any that came as text, of a type that is not in the table. */
  static AnyMessage ofJson(String path, String typeUrl, String json) {
    return new AnyMessage(path, typeUrl, null, null, json);
  }

  /** An Any that holds bytes. */
  public static AnyMessage of(String typeUrl, byte[] bytes) {
    return new AnyMessage("", typeUrl, bytes.clone(), null);
  }

  /** An Any that holds a message. */
  public static AnyMessage of(Message message) {
    return new AnyMessage(message.path(), message.type().typeUrl(), null, message);
  }

  /** The type URL. */
  public String typeUrl() {
    return typeUrl;
  }

  /** The full name of the message type: what follows the last slash of the type URL. */
  public String typeName() {
    return typeUrl.substring(typeUrl.lastIndexOf('/') + 1);
  }

  /** The path of the Any in its resource. */
  public String path() {
    return path;
  }

  /** Whether it holds a message of this full name. */
  public boolean is(String typeName) {
    return typeName().equals(typeName);
  }

  /**
   * Opens the message.
   *
   * @throws InvalidMessageException if the type is not in the table or the bytes are not such a
   *     message
   */
  public Message unpack(Findings findings) {
    if (message != null) {
      return message;
    }
    MessageType type =
        FieldTable.xds()
            .find(typeName())
            .orElseThrow(
                () ->
                    new InvalidMessageException(
                        path, "messages of type " + typeName() + " are unknown"));
    return MessageReader.read(type, bytes(), path, findings);
  }

  /**
   * Opens a message that must be of one type.
   *
   * @throws InvalidMessageException if it is of another, or the bytes are not such a message
   */
  public Message unpack(String expectedType, Findings findings) {
    if (!is(expectedType)) {
      throw new InvalidMessageException(
          path, "is a " + typeName() + "; right would be a " + expectedType);
    }
    return unpack(findings);
  }

  /** The message's bytes. */
  public byte[] bytes() {
    if (bytes != null) {
      return bytes.clone();
    }
    if (message != null) {
      return message.toBytes();
    }
    throw new IllegalStateException(path + ": nothing is known of " + typeUrl + " but its name");
  }

  /**
   * What it holds, as a text: the hexadecimal digits of the message's bytes, or JSON where it came
   * as such and its type is not in the table, so that its bytes are not known.
   */
  public String content() {
    return json != null ? json : HexFormat.of().formatHex(bytes());
  }

  @Nullable Message known() {
    return message;
  }

  @Override
  public String toString() {
    return typeUrl;
  }
}
