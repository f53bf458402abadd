// What all drills of the network do: a fault between two sides for a while, and what comes of it.

import { z } from "zod";
import type { LinkFault } from "../models/faults/links.ts";
import { type DrillContext, findShard } from "./drill.ts";
import { duration } from "./fields.ts";
import { coverage, type Side, side, sidesInWords } from "./parties.ts";
import { followDisturbance } from "./recovery.ts";

/** Options that all of them have. */
export const BETWEEN = {
  from: side("One side."),
  to: side("The other side."),
  direction: z
    .enum(["both", "one-way"])
    .default("both")
    .meta({ description: "both: packets of either side; one-way: those from the first to the second only." }),
  for: duration("How long it lasts.", ["30s"]).prefault("30s"),
};

export interface Between {
  readonly from: Side;
  readonly to: Side;
  readonly direction: "both" | "one-way";
  readonly for: number;
}

/** Puts a fault between two sides, lifts it after its time, and follows the world back to health. */
export function disturbLinks(
  context: DrillContext,
  { from, to, direction, for: lengthNs }: Between,
  effect: Omit<LinkFault, "covers">,
  phase: string,
): void {
  const { world, report, finish } = context;
  const bothWays = direction === "both";
  report.target = sidesInWords(from, to, bothWays);
  for (const { shard } of [from, to]) {
    const found = shard === null ? null : findShard(world, shard);
    if (typeof found !== "string") continue;
    report.refused = found;
    return finish();
  }
  const startNs = world.sim.now;
  const recovery = followDisturbance(context, world.cluster.shards);
  const fault = world.breakLinks(
    { covers: coverage(world, from, to, bothWays), ...effect },
    "network",
    `${phase}: ${report.target}`,
  );
  world.sim.after(lengthNs, `drill/${report.drill}`, () => {
    fault.heal();
    report.phases.push({ name: phase, startNs, endNs: world.sim.now, boundBy: "the drill's «for»" });
    recovery.causeOver();
  });
}
