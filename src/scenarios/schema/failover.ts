// Scenario keys of `cluster.failover`.

import { z } from "zod";
import { duration, durations } from "../fields.ts";

export const failoverSchema = z
  .strictObject({
    profile: z.enum(["managed", "upstream"]).optional().meta({
      description: "Who fails over: a managed control plane (the default for ElastiCache) or the nodes themselves.",
    }),
    detection: durations("Managed: until the control plane knows that a primary is gone.", [
      "uniform(20s, 40s)",
    ]).optional(),
    promotion: durations("Managed: until the chosen replica accepts writes.", ["uniform(2s, 6s)"]).optional(),
    dns: durations("Managed: until the primary endpoint's record has changed.", ["uniform(1s, 4s)"]).optional(),
    replacement: durations("Managed: until a new node stands in the lost one's place.", ["uniform(2m, 5m)"]).optional(),
    nodeTimeout: duration("Upstream: cluster-node-timeout.", ["15s", "5s"]).optional(),
    requireFullCoverage: z
      .boolean()
      .optional()
      .meta({ description: "Upstream: all slots are refused while a shard is marked as failed." }),
    restart: durations("Upstream: until a crashed process runs again, empty.", ["30s"]).optional(),
  })
  .meta({ description: "What happens when a node dies, and how long it takes." });
