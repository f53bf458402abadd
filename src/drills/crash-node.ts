// A node's process dies (a crash, a kill): connections are reset at once, memory is gone, the host still answers. What
// the process had finished and handed to the kernel is delivered.

import type { z } from "zod";
import { type Drill, findTarget, targetProblems, targetSchema } from "./drill.ts";
import { followDisturbance } from "./recovery.ts";

export const crashNode: Drill<z.infer<typeof targetSchema>> = {
  name: "crash-node",
  summary: "a node's process dies; connections are reset",
  options: targetSchema,
  problems: targetProblems,
  run(context, options) {
    const { world, report, finish } = context;
    const node = findTarget(world, options);
    if (typeof node === "string") {
      report.refused = node;
      return finish();
    }
    report.target = node.name;
    const recovery = followDisturbance(context, [world.shardOf(node.shard)]);
    world.crash(node, "down");
    recovery.causeOver();
  },
};
