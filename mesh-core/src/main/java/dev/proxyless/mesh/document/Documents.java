package dev.proxyless.mesh.document;

import java.io.IOException;
import java.io.StringReader;
import java.nio.charset.MalformedInputException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.Yaml;
import org.yaml.snakeyaml.constructor.SafeConstructor;
import org.yaml.snakeyaml.error.MarkedYAMLException;
import org.yaml.snakeyaml.error.YAMLException;
import org.yaml.snakeyaml.nodes.MappingNode;
import org.yaml.snakeyaml.nodes.NodeTuple;
import org.yaml.snakeyaml.nodes.ScalarNode;
import org.yaml.snakeyaml.nodes.SequenceNode;
import org.yaml.snakeyaml.nodes.Tag;

/**
 * Reads YAML, and JSON as the YAML that it also is.
 *
 * <p>The reader is bounded: a document may have {@value #MAX_CHARS} characters and {@value
 * #MAX_DEPTH} levels, and aliases may not multiply it. A key that stands twice is an error.
 */
public final class Documents {

  static final int MAX_CHARS = 16 << 20;
  static final int MAX_DEPTH = 100;
  private static final int MAX_ALIASES = 50;

  /** What YAML 1.1 takes for true. */
  private static final Set<String> TRUE = Set.of("true", "yes", "on");

  private Documents() {}

  /** Reads a file. The node names the file by its path as given. */
  public static Node read(Path file) {
    try {
      return parse(file.toString(), Files.readString(file, StandardCharsets.UTF_8));
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
    LoaderOptions options = new LoaderOptions();
    options.setAllowDuplicateKeys(false);
    options.setCodePointLimit(MAX_CHARS);
    options.setNestingDepthLimit(MAX_DEPTH);
    options.setMaxAliasesForCollections(MAX_ALIASES);
    String source = text.startsWith("\uFEFF") ? text.substring(1) : text;
    try {
      org.yaml.snakeyaml.nodes.Node root =
          new Yaml(new SafeConstructor(options)).compose(new StringReader(source));
      if (root == null) {
        throw new DocumentException(name + ": the document is empty");
      }
      return new Converter(name).node(root, "", 0);
    } catch (MarkedYAMLException broken) {
      int line = broken.getProblemMark() == null ? 1 : broken.getProblemMark().getLine() + 1;
      throw new DocumentException(
          name + ":" + line + ": " + broken.getProblem() + context(broken), broken);
    } catch (YAMLException broken) {
      throw new DocumentException(name + ": " + broken.getMessage(), broken);
    }
  }

  /** Where what is broken began: a text without its end is noticed at the end of the file. */
  private static String context(MarkedYAMLException broken) {
    return broken.getContext() == null || broken.getContextMark() == null
        ? ""
        : " "
            + broken.getContext()
            + " that begins on line "
            + (broken.getContextMark().getLine() + 1);
  }

  private static final class Converter {
    private final String file;
    private int nodes;

    Converter(String file) {
      this.file = file;
    }

    Node node(org.yaml.snakeyaml.nodes.Node yaml, String path, int depth) {
      int line = yaml.getStartMark().getLine() + 1;
      if (depth > MAX_DEPTH || ++nodes > MAX_CHARS) {
        throw new DocumentException(file + ":" + line + ": nested or repeated beyond the limit");
      }
      return new Node(file, line, path, value(yaml, path, depth));
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
