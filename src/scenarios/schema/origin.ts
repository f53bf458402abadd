// Scenario keys of `origin`.

import { z } from "zod";
import { durations, money } from "../fields.ts";

export const originSchema = z
  .strictObject({
    latency: durations("Time to answer one request."),
    concurrency: z.int().min(1).max(100_000).default(100).meta({ description: "Requests that it answers at a time." }),
    costPerMillion: money("What a million requests to it cost; part of the bill.", ["$0.40"]).optional(),
  })
  .meta({ description: "What is behind the cache: a database, a service." });
