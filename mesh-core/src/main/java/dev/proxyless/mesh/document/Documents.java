package dev.proxyless.mesh.document;

import java.io.IOException;
import java.io.StringReader;
import java.nio.charset.MalformedInputException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.Yaml;
import org.yaml.snakeyaml.constructor.SafeConstructor;
import org.yaml.snakeyaml.error.MarkedYAMLException;
import org.yaml.snakeyaml.error.YAMLException;
import org.yaml.snakeyaml.nodes.CollectionNode;
import org.yaml.snakeyaml.nodes.MappingNode;
import org.yaml.snakeyaml.nodes.NodeTuple;
import org.yaml.snakeyaml.nodes.ScalarNode;
import org.yaml.snakeyaml.nodes.SequenceNode;
import org.yaml.snakeyaml.nodes.Tag;

/**
 * Reads YAML, and JSON where the name of a document ends in {@code .json}.
 *
 * <p>The reader is bounded: a document may have {@value #MAX_CHARS} characters and {@value
 * #MAX_DEPTH} levels, and aliases may not multiply it. A key that stands twice is an error.
 */
public final class Documents {

  static final int MAX_CHARS = 16 << 20;
  static final int MAX_DEPTH = 100;
  private static final int MAX_ALIASES = 50;

  /** What all aliases together may come to, in values. */
  private static final int MAX_ALIASED = 100_000;

  /** What YAML 1.1 takes for true. */
  private static final Set<String> TRUE = Set.of("true", "yes", "on");

  private Documents() {}

  /** Reads a file. The node names the file by its path as given. */
  public static Node read(Path file) {
    return parse(file.toString(), text(file));
  }

  /**
   * Reads all documents of a file as YAML, whatever its name: there, JSON may have a comma after
   * the last item. Empty documents are left out.
   */
  public static List<Node> readAll(Path file) {
    return parseAll(file.toString(), text(file));
  }

  private static String text(Path file) {
    try {
      return Files.readString(file, StandardCharsets.UTF_8);
    } catch (NoSuchFileException missing) {
      throw new DocumentException(file + ": no such file", missing);
    } catch (MalformedInputException notText) {
      throw new DocumentException(file + ": not UTF-8 text", notText);
    } catch (IOException failed) {
      throw new DocumentException(file + ": cannot be read: " + failed, failed);
    }
  }

  /** Reads a text; {@code name} is what messages call it. */
  public static Node parse(String name, String text) {
    String source = bounded(name, text);
    if (isJson(name)) {
      return new JsonParser(name, 1, source).parse();
    }
    return new Converter(name)
        .node(
            composed(
                name,
                () -> {
                  org.yaml.snakeyaml.nodes.Node root = yaml().compose(new StringReader(source));
                  if (root == null) {
                    throw new DocumentException(name + ": the document is empty");
                  }
                  return root;
                }),
            "",
            0);
  }

  /** Reads all documents of a text, as {@link #readAll} does. */
  public static List<Node> parseAll(String name, String text) {
    String source = bounded(name, text);
    if (isJson(name)) {
      try { // YAML has no place for tabs, which JSON may be indented with
        return List.of(new JsonParser(name, 1, source).parse());
      } catch (DocumentException notQuiteJson) {
        // YAML takes more, or says what is wrong
      }
    }
    List<Node> documents = new ArrayList<>();
    Iterator<org.yaml.snakeyaml.nodes.Node> roots =
        yaml().composeAll(new StringReader(source)).iterator();
    while (composed(name, roots::hasNext)) {
      Node document = new Converter(name).node(composed(name, roots::next), "", 0);
      if (!document.isNull()) {
        documents.add(document);
      }
    }
    if (documents.isEmpty()) {
      throw new DocumentException(name + ": the document is empty");
    }
    return documents;
  }

  /** Reads one line of a text that has a JSON document on each. */
  public static Node parseJsonLine(String name, int line, String text) {
    return new JsonParser(name, line, bounded(name, text)).parse();
  }

  private static boolean isJson(String name) {
    return name.toLowerCase(Locale.ROOT).endsWith(".json");
  }

  private static Yaml yaml() {
    LoaderOptions options = new LoaderOptions();
    options.setAllowDuplicateKeys(false);
    options.setCodePointLimit(MAX_CHARS);
    options.setNestingDepthLimit(MAX_DEPTH);
    options.setMaxAliasesForCollections(MAX_ALIASES);
    return new Yaml(new SafeConstructor(options));
  }

  private static String bounded(String name, String text) {
    String source = text.startsWith("\uFEFF") ? text.substring(1) : text;
    if (source.length() > MAX_CHARS) {
      throw new DocumentException(
          name + ": has " + source.length() + " characters; at most " + MAX_CHARS + " are read");
    }
    return source;
  }

  private static <T> T composed(String name, Supplier<T> composing) {
    try {
      return composing.get();
    } catch (DocumentException told) {
      throw told;
    } catch (MarkedYAMLException broken) {
      int line = broken.getProblemMark() == null ? 1 : broken.getProblemMark().getLine() + 1;
      throw new DocumentException(
          name + ":" + line + ": " + context(broken, line) + broken.getProblem(), broken);
    } catch (YAMLException broken) {
      throw new DocumentException(name + ": " + broken.getMessage(), broken);
    } catch (RuntimeException broken) { // of an escape that the end of the text cuts off
      throw new DocumentException(
          name + ": cannot be read as YAML: " + broken.getMessage(), broken);
    }
  }

  /** Where what is broken began: a text without its end is noticed at the end of the file. */
  private static String context(MarkedYAMLException broken, int line) {
    if (broken.getContext() == null) {
      return "";
    }
    int began = broken.getContextMark() == null ? line : broken.getContextMark().getLine() + 1;
    return broken.getContext() + (began == line ? "" : " that begins on line " + began) + ", ";
  }

  private static final class Converter {
    private final String file;
    private final Set<org.yaml.snakeyaml.nodes.Node> seen =
        Collections.newSetFromMap(new IdentityHashMap<>());
    private int aliases;
    private int aliased;

    Converter(String file) {
      this.file = file;
    }

    Node node(org.yaml.snakeyaml.nodes.Node yaml, String path, int depth) {
      int line = yaml.getStartMark().getLine() + 1;
      boolean alias = yaml instanceof CollectionNode<?> && !seen.add(yaml);
      aliases += alias ? 1 : 0;
      aliased += aliases > 0 ? 1 : 0;
      if (depth > MAX_DEPTH || aliased > MAX_ALIASED) {
        throw new DocumentException(file + ":" + line + ": nested or repeated beyond the limit");
      }
      Node node = new Node(file, line, path, value(yaml, path, depth));
      aliases -= alias ? 1 : 0;
      return node;
    }

    private @Nullable Object value(org.yaml.snakeyaml.nodes.Node yaml, String path, int depth) {
      if (yaml instanceof MappingNode mapping) {
        Map<String, Node> fields = new LinkedHashMap<>();
        for (NodeTuple tuple : mapping.getValue()) {
          String key = key(tuple.getKeyNode());
          Node value =
              node(tuple.getValueNode(), path.isEmpty() ? key : path + "." + key, depth + 1);
          if (fields.put(key, value) != null) {
            throw value.error("stands twice", "one value");
          }
        }
        return fields;
      }
      if (yaml instanceof SequenceNode sequence) {
        List<Node> items = new ArrayList<>();
        for (org.yaml.snakeyaml.nodes.Node item : sequence.getValue()) {
          items.add(node(item, path + "[" + items.size() + "]", depth + 1));
        }
        return items;
      }
      return scalar((ScalarNode) yaml);
    }

    private String key(org.yaml.snakeyaml.nodes.Node yaml) {
      if (yaml instanceof ScalarNode scalar) {
        return scalar.getValue();
      }
      throw new DocumentException(
          file + ":" + (yaml.getStartMark().getLine() + 1) + ": a key must be a plain name");
    }

    private static @Nullable Object scalar(ScalarNode scalar) {
      String text = scalar.getValue();
      Tag tag = scalar.getTag();
      if (tag.equals(Tag.NULL)) {
        return null;
      }
      if (tag.equals(Tag.BOOL)) {
        return TRUE.contains(text.toLowerCase(Locale.ROOT));
      }
      if (tag.equals(Tag.INT) || tag.equals(Tag.FLOAT)) {
        return Numbers.parse(text);
      }
      return text;
    }
  }
}
