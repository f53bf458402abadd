// Every node gives way to one of another type, larger or smaller, while the cluster serves.

import { z } from "zod";
import { nodeType, nodeTypes } from "../catalog/nodes.ts";
import { replaceAll } from "../models/scaling/replace-all.ts";
import { type Drill, variantProblems } from "./drill.ts";

const NODE_TYPES = nodeTypes().map(node => node.type) as unknown as readonly [string, ...string[]];

const options = z
  .strictObject({ to: z.enum(NODE_TYPES).meta({ description: "The new node type, larger or smaller." }) })
  .meta({ description: "Another node type." });

export const scaleUp: Drill<z.infer<typeof options>> = {
  name: "scale-up",
  summary: "every node gives way to one of another type, larger or smaller",
  options,
  problems({ to }, facts) {
    if (to === facts.node) return [{ path: ["to"], message: `the nodes are ${to} already` }];
    // AWS: no scaling between node types with and without data tiering.
    if (nodeType(to).family.endsWith("gd") !== nodeType(facts.node).family.endsWith("gd")) {
      return [{ path: ["to"], message: `${facts.node} and ${to}: data tiering cannot be added or removed by scaling` }];
    }
    return variantProblems(facts, { node: to });
  },
  run: ({ world, report, finish }, { to }) =>
    replaceAll(world.cluster, { node: to }, `scaling from ${world.cluster.config.node.type} to ${to}`, report, finish),
};
