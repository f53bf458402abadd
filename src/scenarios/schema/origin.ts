// Scenario keys of `origin`.

import { z } from "zod";
import { count, duration, durations, money, share } from "../fields.ts";

const slowdown = z
  .strictObject({
    contention: z
      .number()
      .min(0)
      .max(10)
      .default(0)
      .meta({ description: "Part of a request's time that each other one under way adds to it.", examples: [0.005] }),
    coherency: z
      .number()
      .min(0)
      .max(10)
      .default(0)
      .meta({
        description: "The same for each pair of them: beyond a point, more load gets less done.",
        examples: [0.00001],
      }),
  })
  .meta({ description: "How its latency grows with what is under way (the Universal Scalability Law)." });

const queue = z
  .strictObject({
    limit: count("Requests that may wait; further ones are refused at once. No limit when left out.", [
      "1000",
    ]).optional(),
    timeout: duration("What has waited for so long is dropped with an error when its turn comes.", ["5s"]).optional(),
  })
  .meta({ description: "Where requests wait that find it busy." });

const retry = z
  .strictObject({
    attempts: z.int().min(1).max(20).default(1).meta({ description: "Attempts in all, the first included." }),
    backoff: z
      .string()
      .default("50ms..1s")
      .meta({ description: "Least and greatest wait before the next; doubled each time.", examples: ["50ms..1s"] }),
    jitter: z.enum(["none", "equal", "full"]).default("full").meta({ description: "How much of the wait is random." }),
    budget: share("Retries that each call earns, over the whole fleet; as many as «attempts» says when left out.", [
      "10%",
    ]).optional(),
  })
  .meta({ description: "What clients do when the origin does not answer." });

export const originSchema = z
  .strictObject({
    latency: durations("Time to answer one request."),
    concurrency: z.int().min(1).max(100_000).default(100).meta({ description: "Requests that it answers at a time." }),
    costPerMillion: money("What a million requests to it cost; part of the bill.", ["$0.40"]).optional(),
    slowdown: slowdown.prefault({}),
    queue: queue.prefault({}),
    errorRate: share("Answers that are errors.", ["0.1%"]).prefault("0%"),
    timeout: duration("How long clients wait for an answer; for ever when left out.", ["1s"]).optional(),
    retry: retry.prefault({}),
  })
  .meta({ description: "What is behind the cache: a database, a service." });
