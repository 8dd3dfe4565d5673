package dev.proxyless.mesh.controlplane;

import dev.proxyless.mesh.appmesh.Problem;
import java.io.PrintWriter;
import java.time.Clock;
import java.time.LocalTime;
import java.time.format.DateTimeFormatter;

/** Tells events to people. */
final class TextEvents implements EventSink {

  private static final DateTimeFormatter TIME = DateTimeFormatter.ofPattern("HH:mm:ss.SSS");

  private final PrintWriter out;
  private final Style style;
  private final Clock clock;

  TextEvents(PrintWriter out, Style style, Clock clock) {
    this.out = out;
    this.style = style;
    this.clock = clock;
  }

  @Override
  public void tell(Event event) {
    if (event instanceof Event.Started started) {
      started(started);
    } else if (event instanceof Event.Changed changed) {
      changed.nodes().forEach(this::changed);
    } else if (event instanceof Event.ProblemFound found) {
      problem(found.problem());
    } else if (event instanceof Event.ProblemGone gone) {
      line(style.good("fixed"), gone.problem().where() + ": " + gone.problem().message());
    } else if (event instanceof Event.Connected connected) {
      line("connected", who(connected.who()) + " from " + connected.peer());
    } else if (event instanceof Event.Disconnected ended) {
      line(
          "disconnected",
          who(ended.who())
              + " from "
              + ended.peer()
              + " after "
              + ended.after().toMillis() / 1_000.0
              + " s: "
              + ended.reason());
    } else if (event instanceof Event.Refused refused) {
      line(style.bad("refused"), "a client at " + refused.peer() + ": " + refused.reason());
    } else if (event instanceof Event.Rejected rejected) {
      line(
          style.bad("rejected"),
          rejected.type().shortName()
              + " version "
              + rejected.version()
              + " by "
              + who(rejected.who())
              + " at "
              + rejected.peer()
              + ", which keeps what it had: "
              + rejected.reason());
    } else if (event instanceof Event.Endpoints endpoints) {
      line(
          "endpoints",
          endpoints.cluster()
              + " has "
              + endpoints.count()
              + " in Cloud Map service "
              + endpoints.service());
    } else if (event instanceof Event.Stopped) {
      line("stopped", "clients keep what they have");
    }
    out.flush();
  }

  private void started(Event.Started started) {
    String address = NodeGuide.address(started.host(), started.port());
    out.println(
        style.strong("mesh serve is up on " + address) + " (ADS, xDS v3, state of the world)");
    out.println(
        started.directory() + ": " + DocumentDirectory.inWords(started.catalog().documents()));
    for (ServedNode node : started.catalog().nodes()) {
      out.println();
      NodeGuide.text(node, address, style).forEach(out::println);
    }
    out.println();
  }

  private void changed(Event.NodeChange change) {
    line(
        style.good("changed"),
        style.strong(change.node())
            + ": "
            + String.join(", ", change.changes())
            + " ("
            + DocumentDirectory.count(change.clients(), "client")
            + ")");
  }

  private void problem(Problem problem) {
    line(
        problem.isError() ? style.bad("error") : style.note("note"),
        problem.where() + ": " + problem.message());
  }

  private String who(AdsStream.Identity who) {
    return style.strong(who.node().id()) + " (" + who.client() + ")";
  }

  private void line(String word, String text) {
    out.println(style.faint(TIME.format(LocalTime.now(clock))) + " " + word + " " + text);
  }
}
