// A node's host is lost: nobody resets connections, packets vanish, and what was under way to clients and replicas is
// gone with it. Clients learn of it by their timeouts only.

import type { z } from "zod";
import { type Drill, findTarget, targetProblems, targetSchema } from "./drill.ts";
import { followDisturbance } from "./recovery.ts";

export const loseHost: Drill<z.infer<typeof targetSchema>> = {
  name: "lose-host",
  summary: "a node's host vanishes; packets go unanswered",
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
    world.crash(node, "lost");
    recovery.causeOver();
  },
};
