package dev.proxyless.mesh.xds;

import dev.proxyless.mesh.proto.InvalidMessageException;
import dev.proxyless.mesh.proto.WireReader;

/** Finds a resource's name without decoding it: field 1 of all four types. */
final class ResourceNames {

  private ResourceNames() {}

  static String of(byte[] bytes) {
    WireReader in = new WireReader(bytes, "");
    try {
      for (int field = in.nextField(); field != 0; field = in.nextField()) {
        if (field == 1) {
          return in.string();
        }
        in.skip();
      }
    } catch (InvalidMessageException malformed) {
      return ""; // decoding will say what is wrong
    }
    return "";
  }
}
