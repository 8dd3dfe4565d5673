package dev.proxyless.mesh.controlplane;

import dev.proxyless.mesh.document.Documents;
import dev.proxyless.mesh.document.Node;
import java.math.BigDecimal;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/** The part of JSON Schema that the schemas in {@code docs/} use. Another keyword is a failure. */
final class JsonSchema {

  private static final Set<String> KEYWORDS =
      Set.of(
          "$schema",
          "$defs",
          "$ref",
          "title",
          "description",
          "type",
          "required",
          "additionalProperties",
          "properties",
          "enum",
          "items",
          "minItems",
          "maxItems",
          "minLength",
          "minimum",
          "maximum");

  private final Node root;
  private final List<String> faults = new ArrayList<>();

  private JsonSchema(Node root) {
    this.root = root;
  }

  /** What is wrong with a value. */
  static List<String> faults(String schema, Node value) {
    JsonSchema check = new JsonSchema(Documents.read(Path.of("../../docs", schema)));
    check.check(check.root, value);
    return check.faults;
  }

  private void check(Node schema, Node value) {
    if (!KEYWORDS.containsAll(schema.fields().keySet())) {
      throw new AssertionError("a keyword that is not checked: " + schema.fields().keySet());
    }
    if (schema.find("$ref").isPresent()) {
      String name = schema.required("$ref").text().substring("#/$defs/".length());
      check(root.required("$defs").required(name), value);
      return;
    }
    schema.find("type").ifPresent(types -> type(types, value));
    if (schema.find("enum").isPresent()
        && schema.list("enum").stream().noneMatch(each -> each.text().equals(value.plain()))) {
      faults.add(value + " is none of the enum");
    }
    if (value.isMap()) {
      map(schema, value);
    } else if (value.isList()) {
      value.items().forEach(item -> check(schema.required("items"), item));
      bound(schema, "minItems", value, value.items().size(), -1);
      bound(schema, "maxItems", value, value.items().size(), 1);
    } else if (value.isText()) {
      bound(schema, "minLength", value, value.text().length(), -1);
    } else if (value.plain() instanceof Number number) {
      bound(schema, "minimum", value, number, -1);
      bound(schema, "maximum", value, number, 1);
    }
  }

  private void map(Node schema, Node value) {
    for (Node each : schema.list("required")) {
      if (!value.fields().containsKey(each.text())) {
        faults.add(value + " lacks " + each.text());
      }
    }
    if (schema.find("properties").isPresent()) {
      value
          .fields()
          .forEach(
              (name, field) ->
                  schema
                      .required("properties")
                      .find(name)
                      .ifPresentOrElse(
                          property -> check(property, field),
                          () -> faults.add(value + " has " + name)));
    }
  }

  private void type(Node types, Node value) {
    Object plain = value.plain();
    String type =
        value.isMap()
            ? "object"
            : value.isList()
                ? "array"
                : plain == null
                    ? "null"
                    : plain instanceof Boolean
                        ? "boolean"
                        : plain instanceof String
                            ? "string"
                            : plain instanceof Double ? "number" : "integer";
    if (!(types.isText() ? List.of(types) : types.items())
        .stream().map(Node::text).anyMatch(type::equals)) {
      faults.add(value + " is " + type);
    }
  }

  private void bound(Node schema, String keyword, Node value, Number number, int wrongSign) {
    schema
        .find(keyword)
        .ifPresent(
            bound -> {
              BigDecimal limit = new BigDecimal(String.valueOf(bound.plain()));
              if (new BigDecimal(number.toString()).compareTo(limit) * wrongSign > 0) {
                faults.add(value + " breaks " + keyword);
              }
            });
  }
}
