// Shards give their slots to the others and leave.

import { z } from "zod";
import { scaleIn as removeShards } from "../models/scaling/scale-in.ts";
import { type Drill, needsClusterMode } from "./drill.ts";

const options = z
  .strictObject({ shards: z.int().min(1).max(499).default(1).meta({ description: "How many shards to remove." }) })
  .meta({ description: "Fewer shards." });

export const scaleIn: Drill<z.infer<typeof options>> = {
  name: "scale-in",
  summary: "shards give their slots to the others and leave",
  options,
  problems({ shards }, facts) {
    const found = needsClusterMode(facts);
    if (shards >= facts.shards) {
      found.push({ path: ["shards"], message: `leaves no shard: the cluster has ${facts.shards}` });
    }
    return found;
  },
  run: ({ world, report, finish }, { shards }) => removeShards(world.cluster, shards, report, finish),
};
