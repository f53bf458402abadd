// Shards are added, and slots move to them until all have the same number.

import { z } from "zod";
import { limit } from "../catalog/limits.ts";
import { scaleOut as addShards } from "../models/scaling/scale-out.ts";
import { type Drill, needsClusterMode } from "./drill.ts";

const options = z
  .strictObject({ shards: z.int().min(1).max(499).default(1).meta({ description: "How many shards to add." }) })
  .meta({ description: "More shards." });

export const scaleOut: Drill<z.infer<typeof options>> = {
  name: "scale-out",
  summary: "shards are added and slots move to them",
  options,
  problems({ shards }, facts) {
    const found = needsClusterMode(facts);
    const quota = limit(facts.engine.startsWith("memcached") ? "memcached-nodes-per-cluster" : "nodes-per-cluster");
    const most = quota.adjustableTo ?? quota.value;
    const nodes = (facts.shards + shards) * (1 + facts.replicas);
    if (nodes > most) {
      found.push({ path: ["shards"], message: `makes ${nodes} nodes of the cluster, which has at most ${most}` });
    }
    return found;
  },
  run: ({ world, report, finish }, { shards }) => addShards(world.cluster, shards, report, finish),
};
