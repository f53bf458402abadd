// What drills share that trouble one node for a while: its choice, the phase, and the recovery after it.

import type { Node } from "../models/node.ts";
import type { DrillContext, Target } from "./drill.ts";
import { findTarget } from "./drill.ts";
import { followDisturbance } from "./recovery.ts";

/** `begin` returns the event of the log that everything else follows from. */
export function disturbNode(
  context: DrillContext,
  given: Target & { readonly for: number },
  phase: string,
  begin: (node: Node) => number,
  end: (node: Node, event: number) => void,
): void {
  const { world, report, finish } = context;
  const node = findTarget(world, given);
  if (typeof node === "string") {
    report.refused = node;
    return finish();
  }
  report.target = node.name;
  const startNs = world.sim.now;
  const recovery = followDisturbance(context, [world.shardOf(node.shard)]);
  const event = begin(node);
  world.sim.after(given.for, `drill/${report.drill}`, () => {
    end(node, event);
    report.phases.push({ name: phase, startNs, endNs: world.sim.now, boundBy: "the drill's «for»" });
    recovery.causeOver();
  });
}
