// A node's process stands still for a while: its host answers the network, nobody answers the clients.

import { z } from "zod";
import { type Drill, findTarget, targetOptions, targetProblems } from "./drill.ts";
import { duration } from "./fields.ts";
import { followDisturbance } from "./recovery.ts";

const options = z
  .strictObject({ ...targetOptions, for: duration("How long it stands still.", ["10s"]).prefault("10s") })
  .meta({ description: "A node's process stands still, then goes on." });

const LEAST_NS = 50_000_000;

export const freezeNode: Drill<z.infer<typeof options>> = {
  name: "freeze-node",
  summary: "a node's process stands still, then goes on with what it was doing",
  options,
  problems(given, facts) {
    const problems = targetProblems(given, facts);
    if (given.for < LEAST_NS)
      problems.push({ path: ["for"], message: "is below 50ms: that is a slow command, no freeze" });
    return problems;
  },
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
    const event = world.nodeFaults.freeze(node);
    world.sim.after(given.for, "drill/freeze-node", () => {
      world.nodeFaults.thaw(node, event);
      report.phases.push({ name: "frozen", startNs, endNs: world.sim.now, boundBy: "the drill's «for»" });
      recovery.causeOver();
    });
  },
};
