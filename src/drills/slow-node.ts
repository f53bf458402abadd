// A node does everything more slowly for a while: a noisy neighbour, throttling, a host about to fail. Nothing fails over,
// because it answers: the shard is as fast as its slow primary.

import { z } from "zod";
import { type Drill, findTarget, targetOptions, targetProblems } from "./drill.ts";
import { duration } from "./fields.ts";
import { followDisturbance } from "./recovery.ts";

const options = z
  .strictObject({
    ...targetOptions,
    factor: z.number().min(1.01).max(1_000).default(10).meta({ description: "Work takes so many times as long." }),
    for: duration("How long it lasts.", ["1m"]).prefault("30s"),
  })
  .meta({ description: "A node does everything more slowly." });

export const slowNode: Drill<z.infer<typeof options>> = {
  name: "slow-node",
  summary: "a node does everything so many times more slowly",
  options,
  problems: targetProblems,
  run(context, given) {
    const { world, report, finish } = context;
    const node = findTarget(world, given);
    if (typeof node === "string") {
      report.refused = node;
      return finish();
    }
    report.target = node.name;
    const startNs = world.sim.now;
    const recovery = followDisturbance(context, [world.shardOf(node.shard)]);
    const event = world.log.add(node.name, `${given.factor} times slower`);
    node.thread.slow(given.factor);
    world.sim.after(given.for, "drill/slow-node", () => {
      node.thread.slow(1);
      world.log.add(node.name, "at full speed again", event);
      report.phases.push({ name: "slow", startNs, endNs: world.sim.now, boundBy: "the drill's «for»" });
      recovery.causeOver();
    });
  },
};
