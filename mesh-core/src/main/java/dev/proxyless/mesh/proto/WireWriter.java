package dev.proxyless.mesh.proto;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;

/** Writes the protobuf wire format. Not thread-safe. */
final class WireWriter {

  private final ByteArrayOutputStream out = new ByteArrayOutputStream();

  void tag(int field, int wireType) {
    varint((long) field << 3 | wireType);
  }

  void varint(long value) {
    long rest = value;
    while ((rest & ~0x7fL) != 0) {
      out.write((int) (rest & 0x7f) | 0x80);
      rest >>>= 7;
    }
    out.write((int) rest);
  }

  void fixed64(long value) {
    for (int shift = 0; shift < 64; shift += 8) {
      out.write((int) (value >>> shift));
    }
  }

  void varintField(int field, long value) {
    tag(field, WireReader.VARINT);
    varint(value);
  }

  void doubleField(int field, double value) {
    tag(field, WireReader.FIXED64);
    fixed64(Double.doubleToRawLongBits(value));
  }

  void bytesField(int field, byte[] value) {
    tag(field, WireReader.LENGTH);
    varint(value.length);
    out.writeBytes(value);
  }

  void stringField(int field, String value) {
    bytesField(field, value.getBytes(StandardCharsets.UTF_8));
  }

  byte[] toBytes() {
    return out.toByteArray();
  }
}
