package dev.proxyless.mesh.proto;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;

/**
 * Walks the protobuf wire format over an array, within bounds, without copying. Malformed input
 * ends in {@link InvalidMessageException}, never in an index error.
 *
 * <p>Source: the protocol buffers encoding specification.
 */
public final class WireReader {

  static final int VARINT = 0;
  static final int FIXED64 = 1;
  static final int LENGTH = 2;
  static final int FIXED32 = 5;

  private final byte[] bytes;
  private final String path;
  private int position;
  private final int end;
  private int wireType;

  /** Reads a whole array; {@code path} is what complaints name. */
  public WireReader(byte[] bytes, String path) {
    this(bytes, 0, bytes.length, path);
  }

  private WireReader(byte[] bytes, int position, int end, String path) {
    this.bytes = bytes;
    this.position = position;
    this.end = end;
    this.path = path;
  }

  /** The number of the next field, or 0 at the end. */
  public int nextField() {
    if (position == end) {
      return 0;
    }
    long tag = rawVarint();
    int number = (int) (tag >>> 3);
    wireType = (int) (tag & 7);
    if (tag < 0 || tag > 0xffff_ffffL || number == 0) {
      throw malformed("a field number is out of range");
    }
    return number;
  }

  int wireType() {
    return wireType;
  }

  /** The value of a varint field. */
  public long varint() {
    expect(VARINT);
    return rawVarint();
  }

  /** One element of a packed field. */
  long rawVarint() {
    long value = 0;
    for (int shift = 0; shift < 64; shift += 7) {
      if (position == end) {
        throw malformed("ends within a number");
      }
      byte next = bytes[position++];
      value |= (long) (next & 0x7f) << shift;
      if (next >= 0) {
        return value;
      }
    }
    throw malformed("a number is longer than 10 bytes");
  }

  /** The value of a double field. */
  double float64() {
    expect(FIXED64);
    return Double.longBitsToDouble(fixed64());
  }

  private long fixed64() {
    need(8);
    long value = 0;
    for (int i = 7; i >= 0; i--) {
      value = value << 8 | (bytes[position + i] & 0xff);
    }
    position += 8;
    return value;
  }

  /** A reader over the value of a length-delimited field. */
  public WireReader nested() {
    int start = startOfLengthDelimited();
    return new WireReader(bytes, start, position, path);
  }

  /** The value of a length-delimited field, copied. */
  public byte[] bytes() {
    int start = startOfLengthDelimited();
    return java.util.Arrays.copyOfRange(bytes, start, position);
  }

  /** The value of a string field. Bytes that are not UTF-8 are malformed. */
  public String string() {
    int start = startOfLengthDelimited();
    int length = position - start;
    try {
      return StandardCharsets.UTF_8
          .newDecoder()
          .onMalformedInput(CodingErrorAction.REPORT)
          .onUnmappableCharacter(CodingErrorAction.REPORT)
          .decode(ByteBuffer.wrap(bytes, start, length))
          .toString();
    } catch (CharacterCodingException notUtf8) {
      throw malformed("a text is not UTF-8");
    }
  }

  boolean atEnd() {
    return position == end;
  }

  /** Passes over the value of the field whose number was read last. */
  public void skip() {
    switch (wireType) {
      case VARINT -> rawVarint();
      case FIXED64 -> advance(8);
      case LENGTH -> startOfLengthDelimited();
      case FIXED32 -> advance(4);
      default -> throw malformed("wire type " + wireType + " is not in use");
    }
  }

  private int startOfLengthDelimited() {
    expect(LENGTH);
    long length = rawVarint();
    if (length < 0 || length > end - position) {
      throw malformed("ends within a value");
    }
    int start = position;
    position += (int) length;
    return start;
  }

  private void expect(int expected) {
    if (wireType != expected) {
      throw malformed("wire type " + expected + " was expected, " + wireType + " found");
    }
  }

  private void advance(int count) {
    need(count);
    position += count;
  }

  private void need(int count) {
    if (end - position < count) {
      throw malformed("ends within a value");
    }
  }

  InvalidMessageException malformed(String what) {
    return new InvalidMessageException(path, "malformed protobuf: " + what);
  }
}
