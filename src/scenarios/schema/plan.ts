// Scenario keys `slo`, `demand` and `plan`: what must hold, how sure the load is, and what may be bought. `cachecast plan`
// reads them; a run looks at `expect` and not at these.

import { z } from "zod";
import { nodeTypes } from "../../catalog/nodes.ts";
import { PURCHASES } from "../../cost/purchase.ts";
import { duration, nameOf, share } from "../fields.ts";
import { ENGINE_NAMES } from "./names.ts";

const FAMILIES = [...new Set(nodeTypes().map(node => node.family))] as unknown as readonly [string, ...string[]];

export const sloSchema = z
  .strictObject({
    p50: duration("Half of the requests are faster.", ["1ms"]).optional(),
    p90: duration("Nine in ten requests are faster.", ["2ms"]).optional(),
    p99: duration("99 in a hundred requests are faster.", ["5ms"]).optional(),
    hitRate: share("Share of the look-ups that the cache answers, at least.", ["90%"]).optional(),
    lag: duration("99 in a hundred changes reach the replicas sooner.", ["10ms"]).optional(),
    memory: share("Share of the memory for data that is in use, at most.", ["80%"]).optional(),
    cpu: share("Share of the hottest engine thread, at most; 80% when left out.", ["60%"]).prefault("80%"),
    zoneLoss: z
      .boolean()
      .default(false)
      .meta({ description: "Data and service outlive the loss of a zone: replicas in other zones." }),
    recovery: duration("From the loss of a primary until its shard takes writes again, at the longest.", [
      "1m",
    ]).optional(),
  })
  .meta({ description: "What a plan must hold." });

const FACTORS = /^\d+(?:\.\d+)?(?:\.\.\d+(?:\.\d+)?\.\.\d+(?:\.\d+)?)?$/u;

const factor = (description: string) =>
  z
    .union([z.number(), z.string()])
    .default(1)
    .refine(
      value => {
        const parts = FACTORS.test(String(value)) ? String(value).split("..").map(Number) : [];
        return parts.length > 0 && parts[0] > 0 && parts.every((part, i) => i === 0 || part >= parts[i - 1]);
      },
      { message: "needs a factor above zero such as 1.5, or low..mid..high such as 0.5..1..2" },
    )
    .meta({ description: `${description} A factor, or low..mid..high.`, examples: ["0.5..1..2"] });

export const demandSchema = z
  .strictObject({
    rate: factor("Requests, against what the workloads say."),
    keys: factor("Keys, against what the workloads say."),
    values: factor("Value sizes, against what the workloads say."),
    over: duration(
      "Stretch of time that rates are looked at over: its busiest second decides about sizes, its mean about what is paid by use. The run's duration when left out.",
      ["1d"],
    ).optional(),
  })
  .meta({ description: "How sure the load is." });

export const planSchema = z
  .strictObject({
    families: z
      .array(nameOf(FAMILIES, "Family of node types."))
      .default(["m7g", "r7g", "c7gn", "m8g", "r8g", "t4g", "r6gd"])
      .meta({ description: "Families of node types to choose from; r6gd keeps values on SSD (data tiering)." }),
    engines: z
      .array(nameOf(ENGINE_NAMES, "Engine and version."))
      .default([])
      .meta({ description: "Engines to choose from; the cluster's own when left out." }),
    deployment: z
      .array(z.enum(["nodes", "serverless"]))
      .min(1)
      .default(["nodes", "serverless"])
      .meta({ description: "Ways of deployment to choose from." }),
    shards: z
      .array(z.int().min(1).max(500))
      .default([1, 2, 3, 4, 6, 8, 12, 16, 24, 32])
      .meta({ description: "Numbers of shards to choose from." }),
    replicas: z
      .array(z.int().min(0).max(5))
      .default([0, 1, 2])
      .meta({ description: "Replicas per shard to choose from." }),
    purchase: z
      .array(nameOf(PURCHASES as unknown as readonly [string, ...string[]], "How nodes are paid for."))
      .default(["on-demand"])
      .meta({ description: "Ways of paying to choose from." }),
    growth: share("Growth of the load a month.", ["5%"]).prefault("0%"),
  })
  .meta({ description: "What may be bought." });
