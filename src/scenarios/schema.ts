// The scenario's grammar. Strict everywhere: an unknown key is an error. Names come from the tables of the layers below,
// so that a new drill, engine or node type is known here by itself. The JSON Schema for editors is generated from this
// file (input side), the documentation from its descriptions. Each large key stands in a file of its own (schema/).

import { z } from "zod";
import { priceBookNames } from "../catalog/prices.ts";
import { duration } from "./fields.ts";
import { alarmsSchema } from "./schema/alarms.ts";
import { billingSchema } from "./schema/billing.ts";
import { clientSchema } from "./schema/client.ts";
import { clusterSchema } from "./schema/cluster.ts";
import { drillSchema } from "./schema/drill.ts";
import { fidelitySchema, windowsSchema } from "./schema/fidelity.ts";
import { networkSchema } from "./schema/network.ts";
import { originSchema } from "./schema/origin.ts";
import { demandSchema, planSchema, sloSchema } from "./schema/plan.ts";
import { dataSchema } from "./schema/stored.ts";
import { workloadSchema } from "./schema/workload.ts";

export const scenarioSchema = z
  .strictObject({
    name: z.string().min(1).max(80).meta({ description: "Name of the scenario; reports carry it." }),
    description: z.string().optional().meta({ description: "What it is about." }),
    seed: z.int().min(0).default(42).meta({ description: "Seed of every random stream." }),
    duration: duration("Length of the run in simulated time.").prefault("10m"),
    warmup: z
      .union([z.literal("auto"), duration("Time at the start that summaries leave out.", ["5m"])])
      .default("auto")
      .meta({ description: "Time at the start that summaries leave out; «auto» finds it (MSER-5)." }),
    period: duration("Length of one row of the series; about 600 rows when left out.", ["1s"]).optional(),
    fidelity: fidelitySchema,
    windows: windowsSchema.optional(),
    region: z.string().default("us-east-1").meta({ description: "AWS region: names the zones and the price book." }),
    zones: z.int().min(1).max(6).default(3).meta({ description: "Availability Zones in use." }),
    prices: z
      .string()
      .min(1)
      .optional()
      .meta({
        description: "Price book by name, or a file that «cachecast prices import» wrote; the region's when left out.",
        examples: [...priceBookNames(), "./book.json"],
      }),
    network: networkSchema.prefault({}).meta({ description: "Delays between zones." }),
    cluster: clusterSchema,
    billing: billingSchema.prefault({}),
    clients: z.array(clientSchema).min(1).meta({ description: "Groups of application instances." }),
    origin: originSchema.optional(),
    workload: z.array(workloadSchema).min(1).meta({ description: "What is asked of the cache." }),
    data: z.array(dataSchema).default([]).meta({ description: "Keys that are there when the run begins." }),
    drills: z.array(drillSchema).default([]).meta({ description: "What happens during the run." }),
    alarms: alarmsSchema.optional().meta({ description: "CloudWatch alarms to watch the run with." }),
    slo: sloSchema.prefault({}),
    demand: demandSchema.prefault({}),
    plan: planSchema.prefault({}),
    expect: z
      .array(z.string())
      .default([])
      .meta({
        description: "Checks that decide pass or fail.",
        examples: [["p99 < 2ms outside drills", "hitRate > 0.9 after warmup"]],
      }),
  })
  .meta({ title: "cachecast scenario", description: "A cluster, its clients and load, and what happens to them." });

export type ScenarioInput = z.input<typeof scenarioSchema>;
export type Scenario = z.output<typeof scenarioSchema>;
export type WorkloadInput = Scenario["workload"][number];
