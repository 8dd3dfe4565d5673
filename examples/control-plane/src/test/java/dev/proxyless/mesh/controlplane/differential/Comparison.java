package dev.proxyless.mesh.controlplane.differential;

import dev.proxyless.mesh.call.Header;
import dev.proxyless.mesh.controlplane.differential.Backends.Received;
import dev.proxyless.mesh.controlplane.differential.EnvoyTables.Served;
import dev.proxyless.mesh.proto.InvalidMessageException;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.LongStream;

/** Asks Envoy and this library the same. */
final class Comparison implements AutoCloseable {

  /** Where nothing steers a weighted cluster, each of these may be what Envoy drew. */
  private static final long[] ANY_RANDOM = LongStream.range(0, 60).toArray();

  private static final String REFUSED = "table refused";

  /** Where one of these differs, it is no wonder that others do. */
  private static final List<String> DECISIVE =
      List.of(REFUSED, "failure", "virtual host", "status", "route", "cluster");

  private final Backends backends;
  private final EnvoyTables envoy;
  private int requests;

  Comparison(Path directory) throws Exception {
    backends = new Backends(Words.CLUSTERS);
    envoy = new EnvoyTables(directory, backends);
  }

  /** A table, as both took it. */
  final class Side {
    private final Table table;
    private final Served served;
    private final Ours ours;
    private final String refusal;

    Side(Table table, Served served) {
      this.table = table;
      this.served = served;
      Ours read = null;
      String why = "";
      try {
        read = new Ours(table, backends.ports());
      } catch (InvalidMessageException refused) {
        why = String.valueOf(refused.getMessage());
      }
      ours = read;
      refusal = why;
    }

    Table table() {
      return table;
    }

    /** Whether neither takes the table. */
    boolean isRefused() {
      return ours == null && served.isRefused();
    }

    /** What both made of each request. */
    List<Outcome> compare(List<WireRequest> all) throws Exception {
      if (ours == null || served.isRefused()) {
        Answer byEnvoy = new Answer.Builder().add(REFUSED, served.refusal()).build();
        Answer byUs = new Answer.Builder().add(REFUSED, refusal).build();
        return all.stream()
            .map(request -> new Outcome(this, request, byEnvoy, byUs, differences(byEnvoy, byUs)))
            .toList();
      }
      List<Answer> answers;
      try {
        answers = byEnvoy(served, all);
      } catch (IOException | AssertionError failed) {
        throw new AssertionError(served + " table " + table + ": " + failed.getMessage(), failed);
      }
      List<Outcome> outcomes = new ArrayList<>();
      for (int i = 0; i < all.size(); i++) {
        outcomes.add(outcome(all.get(i), answers.get(i)));
      }
      return outcomes;
    }

    private static Set<String> differences(Answer byEnvoy, Answer byUs) {
      return byEnvoy.fields().isEmpty() == byUs.fields().isEmpty()
          ? Set.of()
          : byEnvoy.differences(byUs);
    }

    private Outcome outcome(WireRequest request, Answer byEnvoy) {
      Outcome first = null;
      for (long random : randoms(request)) {
        Answer byUs;
        try {
          byUs = ours.answer(request, random);
        } catch (RuntimeException failure) {
          byUs = new Answer.Builder().add("failure", failure).build();
        }
        Outcome outcome = new Outcome(this, request, byEnvoy, byUs, byEnvoy.differences(byUs));
        if (!outcome.differs()) {
          return outcome;
        }
        first = first == null ? outcome : first;
      }
      return first;
    }
  }

  /**
   * What became of a request.
   *
   * @param differences the fields in which the answers differ
   */
  record Outcome(
      Side side, WireRequest request, Answer byEnvoy, Answer byUs, Set<String> differences) {

    boolean differs() {
      return !differences.isEmpty();
    }

    /** Whether one of the two does not take the table. */
    boolean isRefusal() {
      return differences.contains(REFUSED);
    }

    /**
     * What the answers differ in: the field that decides all others, where it differs, else each
     * field by itself.
     */
    List<String> kinds() {
      for (String decisive : DECISIVE) {
        if (differences.contains(decisive)) {
          return List.of(kind(decisive));
        }
      }
      return differences.stream().sorted().toList();
    }

    private String kind(String decisive) {
      return switch (decisive) {
        case REFUSED ->
            "table refused: Envoy says "
                + byEnvoy.get(REFUSED)
                + ", here "
                + byUs.get(REFUSED).toString().replaceAll("\\[\\d+]", "");
        case "status" -> "status: " + byEnvoy.get(decisive) + ", here " + byUs.get(decisive);
        default -> decisive;
      };
    }

    @Override
    public String toString() {
      return side.table()
          + "\n"
          + request
          + "\n  Envoy:\n"
          + byEnvoy.show(differences)
          + "  here:\n"
          + byUs.show(differences);
    }
  }

  private static long[] randoms(WireRequest request) {
    List<String> steering =
        request.headers().stream()
            .filter(each -> each.name().equals(WireRequestDraw.RANDOM))
            .map(Header::value)
            .toList();
    return steering.size() == 1
            && steering.get(0).matches("[0-9]+")
            && steering.get(0).length() < 20
        ? new long[] {0}
        : ANY_RANDOM;
  }

  /** Gives these tables to both. */
  List<Side> serve(List<Table> tables) throws Exception {
    List<Served> served = envoy.serve(tables);
    List<Side> sides = new ArrayList<>();
    for (int i = 0; i < tables.size(); i++) {
      sides.add(new Side(tables.get(i), served.get(i)));
    }
    return sides;
  }

  private List<Answer> byEnvoy(Served served, List<WireRequest> all) throws Exception {
    List<String> ids = new ArrayList<>();
    List<HttpLines> responses = new ArrayList<>();
    try (WireClient client = new WireClient(served.port())) {
      for (WireRequest request : all) {
        String id = String.valueOf(requests++);
        ids.add(id);
        responses.add(client.send(request, id));
      }
    }
    Map<String, EnvoyLog.Line> log = EnvoyLog.read(envoy.log(served.name()), ids);
    List<Answer> answers = new ArrayList<>();
    for (int i = 0; i < all.size(); i++) {
      answers.add(answer(responses.get(i), backends.take(ids.get(i)), log.get(ids.get(i))));
    }
    return answers;
  }

  private static Answer answer(HttpLines response, Optional<Received> received, EnvoyLog.Line log) {
    Answer.Builder answer =
        new Answer.Builder()
            .add("virtual host", log.isRouted() ? log.virtualHost() : null)
            .add("route", log.isRouted() ? log.route() : null)
            .add("cluster", received.map(Received::cluster).orElse(null))
            .add("status", response.start().split(" ", 3)[1])
            .add("body", response.body());
    received.ifPresent(
        each -> {
          String[] line = each.request().start().split(" ", 3);
          answer.header("request", ":method", line[0]);
          answer.header("request", ":path", line[1]);
          answer.header("request", ":authority", each.request().first("host").orElse(""));
          each.request().headers().stream()
              .filter(header -> Compared.sent(header.name()))
              .forEach(header -> answer.header("request", header.name(), header.value()));
        });
    response.headers().stream()
        .filter(header -> Compared.received(header.name()))
        .filter(header -> log.isRouted() || Compared.ofARefusal(header.name()))
        .forEach(header -> answer.header("response", header.name(), header.value()));
    return answer.build();
  }

  @Override
  public void close() throws IOException {
    envoy.close();
    backends.close();
  }
}
