package dev.proxyless.mesh.route;

import java.util.ArrayList;
import java.util.List;

/** What can be said of texts with command operators before they are compiled. */
public final class Formats {

  private Formats() {}

  /**
   * The operators of a text that are known and have no value here, since a client inside a process
   * has nothing that they ask about: no connection from a caller, no TLS of it, no bytes on the
   * wire. Empty for a text that does not compile; {@link RouteTable#compile} refuses it.
   */
  public static List<String> operatorsWithoutValue(String text) {
    List<String> names = new ArrayList<>();
    FormatScanner scanner = new FormatScanner(text, "");
    try {
      while (scanner.next()) {
        FormatTable.Entry entry =
            scanner.atCommand() ? FormatTable.ENTRIES.get(scanner.name()) : null;
        if (entry != null && !entry.hasValue()) {
          names.add(scanner.name());
        }
      }
    } catch (InvalidRouteException broken) {
      return List.of();
    }
    return names;
  }
}
