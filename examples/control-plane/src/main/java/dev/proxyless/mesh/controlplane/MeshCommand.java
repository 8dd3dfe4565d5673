package dev.proxyless.mesh.controlplane;

import java.io.PrintWriter;
import java.util.logging.Level;
import java.util.logging.Logger;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.IVersionProvider;
import picocli.CommandLine.ParseResult;

/** The command line {@code mesh}. */
@Command(
    name = "mesh",
    mixinStandardHelpOptions = true,
    versionProvider = MeshCommand.Version.class,
    sortOptions = false,
    description =
        "Serves, checks, explains and calls through a service mesh that is described by App Mesh"
            + " documents or xDS resources.",
    subcommands = {
      ServeCommand.class,
      ImportCommand.class,
      ExplainCommand.class,
      CheckCommand.class,
      CallCommand.class
    },
    exitCodeListHeading = "%nExit status:%n",
    exitCodeList = {
      "0:good",
      "1:problems were found in the documents, a test failed, or a request goes nowhere",
      "2:the input or the command line cannot be used",
    },
    footerHeading = "%nExample:%n",
    footer = {
      "  mesh serve examples/quickstart/apps",
      "",
      "mesh COMMAND --help tells more of each command.",
    })
public final class MeshCommand implements Runnable {

  @CommandLine.Spec
  private CommandLine.Model.CommandSpec spec = CommandLine.Model.CommandSpec.create();

  /** Runs the command that the arguments name and ends the process with its exit status. */
  public static void main(String[] args) {
    Logger.getLogger("").setLevel(Level.WARNING); // gRPC logs there
    System.exit(commandLine().execute(args));
  }

  static CommandLine commandLine() {
    return new CommandLine(new MeshCommand())
        .setCaseInsensitiveEnumValuesAllowed(true)
        .setExpandAtFiles(false) // mesh call --data @FILE is a body
        .setExecutionExceptionHandler(MeshCommand::failed);
  }

  @Override
  public void run() {
    spec.commandLine().usage(spec.commandLine().getOut());
  }

  private static int failed(Exception failure, CommandLine command, ParseResult parsed) {
    PrintWriter err = command.getErr();
    if (failure instanceof UnusableInputException) {
      err.println(command.getCommandSpec().qualifiedName() + ": " + failure.getMessage());
    } else {
      err.println(command.getCommandSpec().qualifiedName() + " failed; this is a bug in it");
      failure.printStackTrace(err);
    }
    return ExitStatus.UNUSABLE;
  }

  /** The version that the jar's manifest tells. */
  static final class Version implements IVersionProvider {
    @Override
    public String[] getVersion() {
      String version = MeshCommand.class.getPackage().getImplementationVersion();
      return new String[] {"mesh " + (version == null ? "(not from a jar)" : version)};
    }
  }
}
