package dev.proxyless.mesh.proto;

import java.util.Locale;

/**
 * The kinds of value that a field can hold. The wrappers of {@code google.protobuf} (BoolValue and
 * its kin), Duration, Struct and Any are kinds of their own, since their JSON is not that of a
 * message.
 */
public enum Kind {
  STRING,
  BYTES,
  BOOL,
  INT32,
  INT64,
  UINT32,
  UINT64,
  DOUBLE,
  ENUM,
  BOOL_VALUE,
  UINT32_VALUE,
  UINT64_VALUE,
  DURATION,
  STRUCT,
  ANY,
  MESSAGE;

  static Kind of(String word) {
    if (word.startsWith("enum(")) {
      return ENUM;
    }
    return switch (word) {
      case "BoolValue" -> BOOL_VALUE;
      case "UInt32Value" -> UINT32_VALUE;
      case "UInt64Value" -> UINT64_VALUE;
      case "Duration",
          "Struct",
          "Any",
          "string",
          "bytes",
          "bool",
          "int32",
          "int64",
          "uint32",
          "uint64",
          "double" ->
          valueOf(word.toUpperCase(Locale.ROOT));
      default -> MESSAGE;
    };
  }

  /** Whether values stand on the wire as a bare varint, and so may be packed. */
  boolean isVarint() {
    return switch (this) {
      case BOOL, INT32, INT64, UINT32, UINT64, ENUM -> true;
      default -> false;
    };
  }

  /**
   * Whether values are messages on the wire; then their presence is told apart from their default.
   */
  boolean isMessage() {
    return switch (this) {
      case STRING, BYTES, BOOL, INT32, INT64, UINT32, UINT64, DOUBLE, ENUM -> false;
      default -> true;
    };
  }
}
