package dev.proxyless.mesh.quickstart;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** Every certificate is replaced while calls go on. */
final class RotationAct implements Act {

  static final String NAME = "rotation";

  @Override
  public String name() {
    return NAME;
  }

  /** The serial number of a service's certificate, as one peer saw it last. */
  private record Serial(String service, String number) {}

  @Override
  public List<String> show(World world, Progress progress) throws Exception {
    try (Load load = Load.steady(world)) {
      Await.until(
          () -> serials(world).stream().noneMatch(each -> each.number().isEmpty()),
          "no call reached some backend");
      List<Serial> before = serials(world);
      progress.doing("new certificates for all");
      rotate(world);
      Await.until(() -> allDiffer(world, before), "the new certificates were not used");
      Tally tally = load.stop();
      List<String> shown = new ArrayList<>();
      shown.add("new certificates under load, no failed call");
      shown.add("serial numbers, as the other side saw them:");
      shown.addAll(changes(before, serials(world)));
      shown.add(load.books().balance(tally));
      return shown;
    } finally {
      if (world.isBroken(name())) {
        world.certificates().install("servicea", world.certificates().issue("servicea"));
      }
    }
  }

  /** The services first: the caller's new certificate makes it connect anew, and see theirs. */
  private void rotate(World world) throws Exception {
    Certificates authority = world.certificates();
    for (Service service : world.services()) {
      Certificates.Issued next = authority.issue(service.id());
      authority.install(service.id(), next);
      Await.until(
          () -> service.serial().equals(Certificates.serial(next.certificate())),
          service.name() + " did not take its new certificate");
    }
    Certificates.Issued next = authority.issue("servicea");
    authority.install(
        "servicea",
        world.isBroken(name())
            ? new Certificates.Issued(next.certificate(), authority.issue("servicea").keys())
            : next);
  }

  private static boolean allDiffer(World world, List<Serial> before) throws NotHeld {
    String refusal = world.events().certificateRefusal();
    NotHeld.unless(refusal.isEmpty(), "a new certificate was refused: " + refusal);
    return serials(world).stream().noneMatch(before::contains);
  }

  /** Each backend's as the caller saw it, and the caller's as each backend saw it. */
  private static List<Serial> serials(World world) {
    List<Serial> serials = new ArrayList<>();
    for (Service service : world.services()) {
      for (Backend backend : service.backends()) {
        serials.add(new Serial(service.name(), world.caller().serverSerial(backend.name())));
        serials.add(new Serial("serviceA", backend.callerSerial()));
      }
    }
    return serials;
  }

  /** One for each service: its tasks share a certificate. */
  private static List<String> changes(List<Serial> before, List<Serial> after) {
    Map<String, String> changes = new TreeMap<>();
    for (int i = 0; i < before.size(); i++) {
      String service = before.get(i).service();
      changes.put(
          service,
          Words.say("%-10s  %s → %s", service, before.get(i).number(), after.get(i).number()));
    }
    return List.copyOf(changes.values());
  }
}
