// Scenario keys of `cluster.scaling` and `cluster.placement`: how the cluster's shape changes, and where its nodes go.

import { z } from "zod";
import { duration, durations } from "../fields.ts";

export const scalingSchema = z
  .strictObject({
    provisioning: durations("From the order until new nodes stand, empty; not published.", [
      "uniform(3m, 8m)",
    ]).prefault("uniform(3m, 8m)"),
    handOver: durations("Pause of writes at a planned change of primary, beside catching up.", ["0s"]).prefault("0s"),
    drain: duration("How long replaced nodes stay for clients that still know them.", ["30s"]).prefault("30s"),
    migration: z
      .enum(["slot-by-slot", "atomic"])
      .optional()
      .meta({ description: "How slots move: key by key with ASK, or as a whole. Atomic from Valkey 9 on." }),
    batch: z.int().min(1).max(100_000).optional().meta({
      description: "Keys per MIGRATE when slots move key by key; 10 when left out, as valkey-cli.",
    }),
    parallel: z
      .int()
      .min(1)
      .max(500)
      .default(1)
      .meta({ description: "Pairs of shards between which slots move at the same time." }),
  })
  .meta({ description: "How the cluster changes its shape while it serves." });

const zone = z.int().min(1).max(6);

export const placementSchema = z
  .strictObject({
    zones: z
      .array(zone)
      .min(1)
      .optional()
      .meta({ description: "Zones to use, by number, in this order; all when left out.", examples: [[1, 3]] }),
    shards: z
      .array(z.array(zone).min(1))
      .optional()
      .meta({
        description: "Per shard the zone of each member, the primary's first; the rest goes by the rule.",
        examples: [
          [
            [1, 2],
            [2, 3],
          ],
        ],
      }),
  })
  .meta({ description: "Which zones the nodes go into." });
