package dev.proxyless.mesh.controlplane;

import dev.proxyless.mesh.document.Documents;
import dev.proxyless.mesh.document.Node;
import java.io.PrintWriter;
import java.io.StringWriter;
import picocli.CommandLine;

/** A command that was run within this process. */
public record CommandRun(int status, String out, String err) {

  public static CommandRun of(String... args) {
    StringWriter out = new StringWriter();
    StringWriter err = new StringWriter();
    CommandLine command = MeshCommand.commandLine();
    command.setOut(new PrintWriter(out, true)).setErr(new PrintWriter(err, true));
    int status = command.execute(args);
    return new CommandRun(status, out.toString(), err.toString());
  }

  public Node json() {
    return Documents.parse("the output", out);
  }
}
