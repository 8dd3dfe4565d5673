package dev.proxyless.mesh.proto;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The table of the xDS messages that this library reads or writes: each field's number, name and
 * kind, and what the library does with it. Reading, refusing, reporting and {@code
 * docs/supported.md} all follow this one table, which stands in the {@code .fields} files beside
 * this class.
 *
 * <p>There are no generated classes: those of the xDS API are 30 MB, clash with an application's
 * own copy, and cannot say which field was ignored. A message whose type is not in the table is
 * kept as bytes.
 */
public final class FieldTable {

  private static final List<String> FILES =
      List.of("discovery", "common", "matcher", "listener", "route", "cluster", "tls", "endpoint");

  private static final String NOTE = " -- ";

  private static final FieldTable XDS = load();

  private final Map<String, MessageType> types = new LinkedHashMap<>();

  private FieldTable() {}

  /** The table of xDS v3. */
  public static FieldTable xds() {
    return XDS;
  }

  /** All types, in the order of the files. */
  public Collection<MessageType> types() {
    return Collections.unmodifiableCollection(types.values());
  }

  /** A type by its full name. */
  public Optional<MessageType> find(String name) {
    return Optional.ofNullable(types.get(name));
  }

  /** A type that must be in the table. */
  public MessageType type(String name) {
    MessageType type = types.get(name);
    if (type == null) {
      throw new IllegalArgumentException("no message " + name + " in the table");
    }
    return type;
  }

  private static FieldTable load() {
    FieldTable table = new FieldTable();
    for (String file : FILES) {
      String resource = file + ".fields";
      try (InputStream in = FieldTable.class.getResourceAsStream(resource)) {
        if (in == null) {
          throw new IllegalStateException(resource + " is not in the jar of mesh-core");
        }
        table.read(new BufferedReader(new InputStreamReader(in, StandardCharsets.UTF_8)));
      } catch (IOException broken) {
        throw new UncheckedIOException(broken);
      }
    }
    return table;
  }

  private void read(BufferedReader lines) throws IOException {
    @Nullable String message = null;
    List<Field> fields = new ArrayList<>();
    for (String line = lines.readLine(); line != null; line = lines.readLine()) {
      if (line.isBlank() || line.startsWith("#")) {
        continue;
      }
      if (line.startsWith("message ")) {
        add(message, fields);
        message = line.substring("message ".length()).strip();
        fields = new ArrayList<>();
      } else {
        fields.add(field(line));
      }
    }
    add(message, fields);
  }

  private void add(@Nullable String message, List<Field> fields) {
    if (message != null) {
      types.put(message, new MessageType(message, fields));
    }
  }

  /** {@code number name state [repeated] kind [in oneof] [-- note]}. */
  private static Field field(String line) {
    int dashes = line.indexOf(NOTE);
    String note = dashes < 0 ? "" : line.substring(dashes + NOTE.length()).strip();
    String[] words = (dashes < 0 ? line : line.substring(0, dashes)).strip().split(" +");
    int next = 3;
    boolean repeated = words[next].equals("repeated");
    if (repeated) {
      next++;
    }
    String word = words[next++];
    boolean map = word.startsWith("map<");
    if (map) {
      word = word.substring("map<".length(), word.length() - 1);
    }
    Kind kind = Kind.of(word);
    return new Field(
        Integer.parseInt(words[0]),
        words[1],
        FieldState.of(words[2]),
        kind,
        kind == Kind.MESSAGE ? word : "",
        repeated,
        map,
        next < words.length ? words[next + 1] : null,
        kind == Kind.ENUM ? enumNumbers(word) : Map.of(),
        note);
  }

  private static Map<String, Integer> enumNumbers(String word) {
    Map<String, Integer> numbers = new LinkedHashMap<>();
    for (String value : word.substring("enum(".length(), word.length() - 1).split(",")) {
      int equals = value.indexOf('=');
      numbers.put(value.substring(0, equals), Integer.valueOf(value.substring(equals + 1)));
    }
    return Collections.unmodifiableMap(numbers);
  }
}
