package dev.proxyless.mesh.proto;

import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * An xDS message as a tree of its fields. Fields are asked for by the names of the xDS API; a name
 * that the table does not have is a bug of the asker and throws {@link IllegalArgumentException}.
 *
 * <p>A message that was read knows its path in its resource, so that every complaint can name it.
 * Immutable.
 */
public final class Message {

  private final MessageType type;
  private final String path;
  private final Map<String, Object> values;

  Message(MessageType type, String path, Map<String, Object> values) {
    this.type = type;
    this.path = path;
    this.values = values;
  }

  /**
   * Builds a message: {@code Message.of("envoy.config.route.v3.RouteMatch", m -> m.set("prefix",
   * "/"))}.
   */
  public static Message of(String typeName, Consumer<Builder> fill) {
    Builder builder = new Builder(FieldTable.xds().type(typeName));
    fill.accept(builder);
    return builder.build();
  }

  public MessageType type() {
    return type;
  }

  /** The path from the resource's root; empty at the root and for messages that were built here. */
  public String path() {
    return path;
  }

  /** The path of one of this message's fields. */
  public String path(String field) {
    return path.isEmpty() ? field : path + "." + field;
  }

  /** Whether the field was set. */
  public boolean has(String field) {
    return value(field) != null;
  }

  /** A text, {@code ""} where unset. */
  public String string(String field) {
    return value(field) instanceof String text ? text : "";
  }

  /** A text that must be there and not be empty. */
  public String requiredString(String field) {
    String text = string(field);
    if (text.isEmpty()) {
      throw invalid(field, "is required");
    }
    return text;
  }

  /** A text that was set, even to {@code ""}. */
  public Optional<String> ifString(String field) {
    return value(field) instanceof String text ? Optional.of(text) : Optional.empty();
  }

  /** A truth value, or its default where unset. */
  public boolean bool(String field, boolean unset) {
    return value(field) instanceof Boolean bool ? bool : unset;
  }

  /** A number, or its default where unset. Unsigned numbers are never negative here. */
  public long number(String field, long unset) {
    return value(field) instanceof Long number ? number : unset;
  }

  /** A number that fits an int and stands within bounds, or its default where unset. */
  public int integer(String field, int min, int max, int unset) {
    if (!(value(field) instanceof Long number)) {
      return unset;
    }
    if (number < min || number > max) {
      throw invalid(field, "is " + number + "; right would be a number from " + min + " to " + max);
    }
    return Math.toIntExact(number);
  }

  /** A fraction, or its default where unset. */
  public double fraction(String field, double unset) {
    return value(field) instanceof Double number ? number : unset;
  }

  /** A duration that is not negative. */
  public Optional<Duration> duration(String field) {
    if (!(value(field) instanceof Duration duration)) {
      return Optional.empty();
    }
    if (duration.isNegative()) {
      throw invalid(field, "is " + duration + "; right would be a duration of 0 or more");
    }
    return Optional.of(duration);
  }

  /**
   * The name of an enum's value; the name of number 0 where unset, the number where it is unknown.
   */
  public String enumName(String field) {
    long number = value(field) instanceof Long set ? set : 0;
    return type.field(field).enumName((int) number);
  }

  /** A message. */
  public Optional<Message> message(String field) {
    return value(field) instanceof Message message ? Optional.of(message) : Optional.empty();
  }

  /** A message that must be there. */
  public Message requiredMessage(String field) {
    return message(field).orElseThrow(() -> invalid(field, "is required"));
  }

  /** An Any. */
  public Optional<AnyMessage> any(String field) {
    return value(field) instanceof AnyMessage any ? Optional.of(any) : Optional.empty();
  }

  /** Bytes. */
  public Optional<byte[]> bytes(String field) {
    return value(field) instanceof byte[] bytes ? Optional.of(bytes.clone()) : Optional.empty();
  }

  /** The messages of a repeated field. */
  public List<Message> messages(String field) {
    return list(field, Message.class);
  }

  /** The texts of a repeated field. */
  public List<String> strings(String field) {
    return list(field, String.class);
  }

  /** The numbers of a repeated field. */
  public List<Long> numbers(String field) {
    return list(field, Long.class);
  }

  /** The Anys of a repeated field. */
  public List<AnyMessage> anys(String field) {
    return list(field, AnyMessage.class);
  }

  /** A map from strings to Any. */
  @SuppressWarnings("unchecked") // the readers put nothing else under such a field
  public Map<String, AnyMessage> anyMap(String field) {
    return value(field) instanceof Map<?, ?> map ? (Map<String, AnyMessage>) map : Map.of();
  }

  /** A map from strings to messages. */
  @SuppressWarnings("unchecked") // the readers put nothing else under such a field
  public Map<String, Message> messageMap(String field) {
    return value(field) instanceof Map<?, ?> map ? (Map<String, Message>) map : Map.of();
  }

  /**
   * A Struct, or a map from strings to Structs, as plain Java values: maps, lists, strings,
   * doubles, booleans and null.
   */
  @SuppressWarnings("unchecked") // the readers put nothing else under such a field
  public Map<String, Object> struct(String field) {
    return value(field) instanceof Map<?, ?> map ? (Map<String, Object>) map : Map.of();
  }

  /** A map from strings to Structs. */
  @SuppressWarnings("unchecked") // the readers put nothing else under such a field
  public Map<String, Map<String, Object>> structs(String field) {
    return value(field) instanceof Map<?, ?> map
        ? (Map<String, Map<String, Object>>) map
        : Map.of();
  }

  /** A complaint about a field of this message. */
  public InvalidMessageException invalid(String field, String reason) {
    return new InvalidMessageException(path(field), reason);
  }

  /** The message on the wire; equal messages give equal bytes. */
  public byte[] toBytes() {
    return MessageWriter.write(this);
  }

  @Nullable Object value(String field) {
    type.field(field);
    return values.get(field);
  }

  @SuppressWarnings("unchecked") // each element is checked
  private <T> List<T> list(String field, Class<T> element) {
    if (!(value(field) instanceof List<?> list)) {
      return List.of();
    }
    for (Object item : list) {
      if (!element.isInstance(item)) {
        throw new IllegalArgumentException(type + "." + field + " does not hold " + element);
      }
    }
    return (List<T>) list;
  }

  /** Names the type alone: a message can hold a private key. */
  @Override
  public String toString() {
    return path.isEmpty() ? type.name() : type.name() + " at " + path;
  }

  /** Builds one message. Not thread-safe. */
  public static final class Builder {
    private final MessageType type;
    private final Map<String, Object> values = new LinkedHashMap<>();

    Builder(MessageType type) {
      this.type = type;
    }

    /** Sets a text, a truth value, a duration, a message, an Any, or an enum by its name. */
    public Builder set(String field, Object value) {
      Field known = type.field(field);
      values.put(field, known.kind() == Kind.ENUM ? enumNumber(known, value) : value);
      return this;
    }

    /** Sets a number. */
    public Builder set(String field, long value) {
      type.field(field);
      values.put(field, value);
      return this;
    }

    /** Sets a message that is built in place. */
    public Builder set(String field, Consumer<Builder> fill) {
      return set(field, nested(field, fill));
    }

    /** Adds a message that is built in place to a repeated field. */
    public Builder add(String field, Consumer<Builder> fill) {
      return add(field, (Object) nested(field, fill));
    }

    /** Adds a value to a repeated field. */
    @SuppressWarnings("unchecked") // only this method puts lists here
    public Builder add(String field, Object value) {
      type.field(field);
      ((List<Object>) values.computeIfAbsent(field, none -> new ArrayList<>())).add(value);
      return this;
    }

    /** Adds all values to a repeated field. */
    public Builder addAll(String field, Iterable<?> all) {
      all.forEach(value -> add(field, value));
      return this;
    }

    private Message nested(String field, Consumer<Builder> fill) {
      return Message.of(type.field(field).typeName(), fill);
    }

    private static Object enumNumber(Field field, Object name) {
      Integer number = field.enumNumbers().get(name);
      if (number == null) {
        throw new IllegalArgumentException(field.name() + " has no value " + name);
      }
      return (long) number;
    }

    Message build() {
      return new Message(type, "", values);
    }
  }
}
