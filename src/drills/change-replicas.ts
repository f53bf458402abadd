// Another number of replicas in every shard.

import { z } from "zod";
import { changeReplicas as change } from "../models/scaling/change-replicas.ts";
import { MOST_REPLICAS } from "../models/scaling/quotas.ts";
import type { Drill } from "./drill.ts";

const options = z
  .strictObject({ to: z.int().min(0).max(MOST_REPLICAS).meta({ description: "Replicas per shard from then on." }) })
  .meta({ description: "More or fewer replicas." });

export const changeReplicas: Drill<z.infer<typeof options>> = {
  name: "change-replicas",
  summary: "every shard gets more replicas, or loses some",
  options,
  problems({ to }, { replicas }) {
    if (to !== replicas) return [];
    return [{ path: ["to"], message: `the cluster has ${replicas} already` }];
  },
  run: ({ world, report, finish }, { to }) => change(world.cluster, to, report, finish),
};
