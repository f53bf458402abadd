// Scenario keys of `cluster.autoScaling`.

import { z } from "zod";
import { duration } from "../fields.ts";

const policy = (metrics: readonly [string, ...string[]], most: number) =>
  z.strictObject({
    metric: z
      .enum(metrics)
      .default("EngineCPUUtilization")
      .meta({ description: "What is held near the target: its mean over the primaries, or over the replicas." }),
    target: z.number().min(35).max(70).default(60).meta({ description: "Percent, 35 to 70." }),
    min: z.int().min(0).max(most).meta({ description: "Never fewer." }),
    max: z.int().min(1).max(most).meta({ description: "Never more." }),
    scaleIn: z.boolean().default(true).meta({ description: "Whether capacity is taken away again." }),
    outCooldown: duration("Pause after a change before more is added.", ["10m"]).prefault("10m"),
    inCooldown: duration("Pause after a change before some is taken away.", ["10m"]).prefault("10m"),
    period: duration("Length of one data point.", ["60s"]).prefault("60s"),
    outPeriods: z.int().min(1).max(60).default(3).meta({ description: "Data points at or above the target to act." }),
    inPeriods: z.int().min(1).max(60).default(15).meta({ description: "Data points below 75 % of the target to act." }),
  });

export const autoScalingSchema = z
  .strictObject({
    shards: policy(["EngineCPUUtilization", "DatabaseMemoryUsageCountedForEvictPercentage"], 500)
      .optional()
      .meta({ description: "Shards are added and removed." }),
    replicas: policy(["EngineCPUUtilization"], 5)
      .optional()
      .meta({ description: "Replicas of every shard are added and removed." }),
    schedule: z
      .array(
        z.strictObject({
          at: duration("When, from the start of the run."),
          of: z.enum(["shards", "replicas"]).meta({ description: "Whose limits change." }),
          min: z.int().min(0).max(500).meta({ description: "Never fewer from then on." }),
          max: z.int().min(1).max(500).meta({ description: "Never more from then on." }),
        }),
      )
      .default([])
      .meta({ description: "Scheduled actions: other limits from an instant on." }),
  })
  .meta({ description: "Target tracking and scheduled actions." });
