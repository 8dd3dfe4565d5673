package dev.proxyless.mesh.quickstart;

import java.util.List;

/** One line of the quickstart: something shown, and checked while it is shown. */
interface Act {

  /** Every act, in the order in which they are shown. */
  static List<Act> all() {
    return List.of(
        new DocumentsAct(),
        new FirstCallAct(),
        new SplitAct(),
        new EjectionAct(),
        new ShiftAct(),
        new RotationAct(),
        new RefusalAct(),
        new OutageAct());
  }

  /** The line's name, by which {@code --break} knows it. */
  String name();

  /**
   * Shows it, and leaves the world as it was found, whether it held or not.
   *
   * @return what was seen, in words; the first of them is the line, the others are its details
   * @throws NotHeld if what the line promises did not hold
   */
  List<String> show(World world, Progress progress) throws Exception;
}
