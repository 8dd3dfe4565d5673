package dev.proxyless.mesh.quickstart;

import dev.proxyless.mesh.document.Node;
import java.io.IOException;
import java.nio.file.Path;
import java.util.concurrent.CountDownLatch;

/** Keeps everything up, says what to try, and tells what the control plane says meanwhile. */
final class Stay {

  private final World world;
  private final Path jar;
  private final Console console;

  Stay(World world, Path jar, Console console) {
    this.world = world;
    this.jar = jar;
    this.console = console;
  }

  /** Stays until the process is told to end. */
  void untilEnded() throws Exception {
    try (Front front = new Front(world.caller())) {
      world.controlPlane().watch(this::tell);
      say(front);
      new CountDownLatch(1).await();
    }
  }

  private void say(Front front) throws IOException, InterruptedException {
    Path route = world.apps().path().resolve(AppsDirectory.ROUTE);
    Path tls = world.files().directory();
    String curl = "curl -s http://127.0.0.1:" + front.port() + "/";
    String java = "java -jar " + jar;
    String backend = "https://" + world.backend("serviceB-1").address() + "/";
    console.plain("Everything stays up until Ctrl-C. To try, in another terminal:");
    tryThis("A call of serviceA's, and where twenty went:", curl);
    console.plain("  for i in $(seq 20); do " + curl + "; done | sort | uniq -c");
    tryThis(
        "Why it goes there:",
        java
            + " explain --config "
            + world.apps().path()
            + " --node mesh/apps/virtualNode/serviceA "
            + Caller.URL);
    tryThis(
        "All calls to serviceBv2, and back:",
        "sed -i.bak 's/\"weight\": 75/\"weight\": 0/' " + route);
    console.plain("  sed -i.bak 's/\"weight\": 0/\"weight\": 75/' " + route);
    tryThis(
        "A typo: what was good stays in force:", "sed -i.bak 's/\"weight\"/\"wieght\"/' " + route);
    console.plain("  sed -i.bak 's/\"wieght\"/\"weight\"/' " + route);
    tryThis("serviceB-1 itself, as serviceA and as nobody:", "");
    console.plain(
        "  curl -sk --cert "
            + tls.resolve("servicea.pem")
            + " --key "
            + tls.resolve("servicea-key.pem")
            + " "
            + backend);
    console.plain("  curl -sSk " + backend);
    tryThis("The control plane gone, and back:", "kill -9 " + world.controlPlane().pid());
    console.plain(
        "  "
            + java
            + " serve "
            + world.apps().path()
            + " --port "
            + world.controlPlane().port()
            + " --no-cloud-map");
    console.plain("");
    console.plain("  Cloud Map's stand-in is at " + world.cloudMap().endpoint() + ".");
    console.plain("");
  }

  private void tryThis(String what, String command) {
    console.plain("");
    console.plain(what);
    if (!command.isEmpty()) {
      console.plain("  " + command);
    }
  }

  /** What people would want to know of the control plane's events. */
  private void tell(Node event) {
    switch (event.required("event").text()) {
      case "problem", "fixed" ->
          console.plain(
              "mesh serve: "
                  + (event.required("event").text().equals("fixed")
                      ? "fixed"
                      : event.required("severity").text())
                  + " "
                  + event.required("where").text()
                  + ": "
                  + event.required("message").text());
      case "changed" ->
          event
              .list("nodes")
              .forEach(
                  node ->
                      console.plain(
                          "mesh serve: changed "
                              + node.required("node").text()
                              + ": "
                              + String.join(
                                  ", ", node.list("changes").stream().map(Node::text).toList())));
      default -> {}
    }
  }
}
