// A node's process stands still for a while: its host answers the network, nobody answers the clients.

import { z } from "zod";
import { disturbNode } from "./disturbed-node.ts";
import { type Drill, targetOptions, targetProblems } from "./drill.ts";
import { duration } from "./fields.ts";

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
    const { nodeFaults } = context.world;
    disturbNode(
      context,
      given,
      "frozen",
      node => nodeFaults.freeze(node),
      (node, event) => nodeFaults.thaw(node, event),
    );
  },
};
