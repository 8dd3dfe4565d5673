package dev.proxyless.mesh.quickstart;

import java.util.List;

/** Callers that are not serviceA are refused. */
final class RefusalAct implements Act {

  static final String NAME = "refusal";

  @Override
  public String name() {
    return NAME;
  }

  @Override
  public List<String> show(World world, Progress progress) throws Exception {
    Backend backend = world.backend("serviceB-1");
    Certificates authority = world.certificates();
    String intruder = world.isBroken(name()) ? "servicea" : "intruder";
    Books books = Books.open(world);
    Stranger.Refusal nobody = Stranger.withoutCertificate(authority).call(backend);
    Stranger.Refusal other = Stranger.withCertificate(authority, intruder).call(backend);
    return List.of(
        "two callers from outside the mesh refused by " + backend.name() + ":",
        "without certificate: " + nobody.seenByClient(),
        "  " + backend.name() + " says: " + nobody.seenByServer(),
        "as " + Certificates.spiffeId(intruder) + ": " + other.seenByClient(),
        "  " + backend.name() + " says: " + other.seenByServer(),
        books.balance(new Tally()));
  }
}
