package dev.proxyless.mesh.controlplane;

import static dev.proxyless.mesh.controlplane.NodeGuide.fields;

import dev.proxyless.mesh.appmesh.Problem;
import dev.proxyless.mesh.document.Json;
import java.io.PrintWriter;
import java.time.Clock;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Tells events to programs: one JSON object on a line for each. */
final class JsonEvents implements EventSink {

  private static final Pattern FILE_AND_LINE = Pattern.compile("(.+):(\\d+)");

  private final PrintWriter out;
  private final Clock clock;

  JsonEvents(PrintWriter out, Clock clock) {
    this.out = out;
    this.clock = clock;
  }

  @Override
  public void tell(Event event) {
    if (event instanceof Event.Started started) {
      line("started", started(started));
    } else if (event instanceof Event.Changed changed) {
      line("changed", changed(changed));
    } else if (event instanceof Event.ProblemFound found) {
      line("problem", problem(found.problem()));
    } else if (event instanceof Event.ProblemGone gone) {
      line("fixed", problem(gone.problem()));
    } else if (event instanceof Event.Connected connected) {
      line("connected", who(connected.who(), connected.peer()));
    } else if (event instanceof Event.Disconnected ended) {
      Map<String, Object> fields = who(ended.who(), ended.peer());
      fields.put("after_ms", ended.after().toMillis());
      fields.put("reason", ended.reason());
      line("disconnected", fields);
    } else if (event instanceof Event.Refused refused) {
      line(
          "refused",
          fields("node", refused.nodeId(), "peer", refused.peer(), "reason", refused.reason()));
    } else if (event instanceof Event.Rejected rejected) {
      Map<String, Object> fields = who(rejected.who(), rejected.peer());
      fields.put("type", rejected.type().shortName());
      fields.put("version", rejected.version());
      fields.put("reason", rejected.reason());
      line("rejected", fields);
    } else if (event instanceof Event.Endpoints endpoints) {
      line(
          "endpoints",
          fields(
              "cluster", endpoints.cluster(),
              "service", endpoints.service(),
              "count", endpoints.count()));
    } else if (event instanceof Event.Stopped) {
      line("stopped", Map.of());
    }
  }

  private static Map<String, Object> started(Event.Started started) {
    String address = NodeGuide.address(started.host(), started.port());
    return fields(
        "address", address,
        "port", started.port(),
        "directory", started.directory(),
        "documents", started.catalog().documents().documentCount(),
        "resources", DocumentDirectory.kinds(started.catalog().documents()),
        "meshes", started.catalog().documents().meshes(),
        "nodes",
            started.catalog().nodes().stream().map(node -> NodeGuide.json(node, address)).toList());
  }

  private static Map<String, Object> changed(Event.Changed changed) {
    return fields(
        "documents", changed.catalog().documents().documentCount(),
        "resources", DocumentDirectory.kinds(changed.catalog().documents()),
        "nodes",
            changed.nodes().stream()
                .map(
                    each ->
                        fields(
                            "node", each.node(),
                            "changes", each.changes(),
                            "clients", each.clients()))
                .toList());
  }

  /** A problem's place in parts, where it is a place in a file. */
  static Map<String, Object> problem(Problem problem) {
    Map<String, Object> fields = new LinkedHashMap<>();
    fields.put("severity", problem.isError() ? "error" : "note");
    fields.put("where", problem.where());
    Matcher place = FILE_AND_LINE.matcher(problem.where());
    if (place.matches()) {
      fields.put("file", place.group(1));
      fields.put("line", Integer.valueOf(place.group(2)));
    }
    fields.put("message", problem.message());
    return fields;
  }

  private static Map<String, Object> who(AdsStream.Identity who, String peer) {
    return fields(
        "node", who.node().id(),
        "client", who.client().name().toLowerCase(java.util.Locale.ROOT),
        "user_agent", who.userAgent(),
        "peer", peer);
  }

  private void line(String event, Map<String, Object> fields) {
    Map<String, Object> line = new LinkedHashMap<>();
    line.put("event", event);
    line.put("time", clock.instant().toString());
    line.putAll(fields);
    out.println(Json.line(line));
    out.flush();
  }
}
